// The admin pages: rows that are chosen, what waits meanwhile, and a login that has ended.
"use strict";

{
  const find = (selector) => document.querySelector(selector);
  const boxes = [...document.querySelectorAll("input[name=id][type=checkbox]")];
  const every = find("[data-all]");
  const ended = find("#ended");

  function count() {
    const n = boxes.filter((box) => box.checked).length;
    if (n) document.querySelectorAll("[data-chosen]").forEach((place) => (place.textContent = n));
    if (!every) return;
    every.checked = n === boxes.length;
    every.indeterminate = n > 0 && n < boxes.length;
  }

  document.addEventListener("change", ({ target }) => {
    if (target === every) boxes.forEach((box) => (box.checked = every.checked));
    if (target === every || boxes.includes(target)) count();
  });
  count();

  // Nothing new comes in while somebody chooses or decides, or once it would only be refused.
  document.addEventListener("htmx:before:request", (event) => {
    if (!ended.hidden || find("input[name=id]:checked, dialog[open], :popover-open")) event.preventDefault();
  });
  document.addEventListener("htmx:response:error", ({ detail }) => {
    if (detail.ctx.response.status !== 401) return;
    ended.querySelector("a").href = "/login?return_to=" + encodeURIComponent(location.pathname + location.search);
    ended.hidden = false;
  });

  // What was typed for a letter comes back after a login, until the letter changes.
  document.querySelectorAll("[data-draft]").forEach((field) => {
    const { draft, typed } = field.dataset;
    if (typed === undefined) field.value = sessionStorage.getItem(draft) ?? field.value;
    field.addEventListener("input", () => sessionStorage.setItem(draft, field.value));
  });
}
