// Single keys of the admin pages: announced there, at rest while somebody writes, switched off by whoever does not want them.
"use strict";

{
  const keys = document.querySelector("[data-keys]");
  const kept = "keys"; // in localStorage: "off" for whoever has switched them off
  const suffix = { o: "", r: "#retry", d: "#reason", e: "/edit" };

  // A row has the focus itself, so that Enter opens it and a screen reader says it.
  const walk = (rows, here, step) => rows[here < 0 ? 0 : Math.max(0, Math.min(rows.length - 1, here + step))].focus();

  function act(row, key) {
    if (key === "x") row.closest("tr").querySelector("[type=checkbox]").click();
    else location = row.href + suffix[key];
  }

  function press(key) {
    const rows = [...document.querySelectorAll("[data-row]")];
    const here = rows.findIndex((row) => row.closest("tr").contains(document.activeElement));
    const step = { j: 1, k: -1, ArrowDown: here < 0 ? 0 : 1, ArrowUp: here < 0 ? 0 : -1 }[key];
    const named = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (step && rows.length) walk(rows, here, step);
    else if (here >= 0 && rows[here].dataset.row.split(" ").includes(key)) act(rows[here], key);
    else if (named?.matches("input")) named.focus();
    else if (named) named.click();
    else return false;
    return true;
  }

  function show(on) {
    keys.dataset.keys = on ? "on" : "off";
    keys.querySelector("[data-when-on]").hidden = !on;
    document.querySelector("#keys-switch").textContent = on ? "Switch keys off" : "Switch keys on";
  }

  document.querySelector("#keys-switch").addEventListener("click", () => {
    const on = keys.dataset.keys === "off";
    localStorage.setItem(kept, on ? "on" : "off");
    show(on);
  });

  document.addEventListener("keydown", (event) => {
    const writing = event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
    const held = event.ctrlKey || event.metaKey || event.altKey || event.isComposing || (event.repeat && !"jk".includes(event.key));
    if (keys.dataset.keys === "on" && !writing && !held && press(event.key)) event.preventDefault();
  });

  keys.hidden = false;
  show(localStorage.getItem(kept) !== "off");
  if (/^#(retry|reason)$/.test(location.hash)) document.querySelector(location.hash)?.focus();
}
