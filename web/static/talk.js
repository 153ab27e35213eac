// What scripts add to a conversation: copying, suggestions, and the keys of the empty composer.
"use strict";

{
  if (navigator.clipboard) document.documentElement.dataset.clipboard = ""; // shows the buttons

  async function copy(button) {
    const words = { true: "Copied", false: "Copying is not allowed here" };
    const done = await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).innerText).then(() => true, () => false);
    $("#status").textContent = button.textContent = words[done];
    setTimeout(() => (button.textContent = "Copy"), 2000);
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (button) copy(button);
  });

  document.addEventListener("click", (event) => {
    const suggestion = event.target.closest("[data-suggest]");
    if (!suggestion || !composer) return;
    event.preventDefault();
    text.value = suggestion.dataset.suggest;
    typed();
    text.focus();
  });

  // A long list, and a file that is dropped on the page, are looked over before anything is added.
  const measure = () => ($("#long").hidden = text.value.split("\n").length <= 50);
  const dropped = $("#dropped");
  if (dropped) {
    text.addEventListener("input", measure);
    measure();
    document.addEventListener("dragover", (event) => event.dataTransfer.types.includes("Files") && event.preventDefault());
    document.addEventListener("drop", (event) => {
      if (!event.dataTransfer.files.length) return;
      event.preventDefault();
      $("input", dropped).files = event.dataTransfer.files;
      dropped.requestSubmit();
    });
  }

  // A message that is written anew: the keys are those of the composer.
  for (const edit of $$("[data-edit]")) {
    const box = $("textarea", edit);
    edit.addEventListener("toggle", () => {
      if (!edit.open) return;
      box.focus();
      box.setSelectionRange(box.value.length, box.value.length);
    });
    box.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (event.key === "Enter" && !event.shiftKey && !touch.matches) {
        event.preventDefault();
        box.form.requestSubmit();
      } else if (event.key === "Escape") {
        event.stopPropagation(); // it stops no run
        edit.open = false;
        text.focus();
      }
    });
  }

  text?.addEventListener("keydown", (event) => {
    if (text.value || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const edit = $$("[data-edit]").at(-1);
    const search = $("#q");
    if (event.key === "ArrowUp" && edit) edit.open = true;
    else if (event.key === "/" && search.offsetParent) search.focus();
    else return;
    event.preventDefault();
  });
}
