// Segue's own script. Every page works without it; it only makes waiting pleasant.
"use strict";

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

// ---- Composer: Enter sends, the box grows, the draft is kept, twice is once.

const composer = $("#composer");
const text = $("#text");
const touch = matchMedia("(pointer: coarse)");
const draftKey = "draft:" + location.pathname;

function typed() {
  sessionStorage.setItem(draftKey, text.value);
  if (!CSS.supports("field-sizing", "content")) text.rows = Math.min(8, text.value.split("\n").length);
}

if (composer) {
  const sent = sessionStorage.getItem("sent"); // cleared only by an answer, not by coming back from a failure
  if (sent && performance.getEntriesByType("navigation")[0]?.type !== "back_forward") sessionStorage.removeItem(sent);
  sessionStorage.removeItem("sent");
  text.value ||= sessionStorage.getItem(draftKey) || "";
  // A draft taken over is not taken again; #latest is for pages without scripts, and going to it takes the focus.
  if (location.search || location.hash) history.replaceState(null, "", location.href.replace(/([?&])draft=[^&#]*|#latest$/, "$1"));
  typed();
  text.addEventListener("input", typed);
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || touch.matches) return;
    event.preventDefault();
    composer.requestSubmit();
  });
  if (!touch.matches && !$("[autofocus]")) text.focus({ preventScroll: true });
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent || (form === composer && !text.value.trim())) return event.preventDefault();
  form.dataset.sent = "yes";
  if (form === composer) sessionStorage.setItem("sent", draftKey);
  setTimeout(() => $$("button", form).forEach((b) => (b.disabled = true))); // the pressed button's value is taken first
});

addEventListener("pageshow", (event) => event.persisted && location.reload()); // one out of the back-forward cache is old, its forms are used up

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.isComposing || $(":popover-open")) return;
  const stop = $$("form[data-stop]").at(-1);
  if (stop) stop.requestSubmit($("button:not([name])", stop));
});

// ---- Times: local clocks, countdowns and stopwatches, once a second.

const hour = { hour: "numeric", minute: "2-digit" };
const [clock, moment, day, exact] = [hour, { month: "short", day: "numeric", ...hour }, { dateStyle: "medium" }, { dateStyle: "medium", timeStyle: "medium" }]
  .map((style) => new Intl.DateTimeFormat(undefined, style));
let paused = false;

const span = (s) => (s < 100 ? s + " s" : s < 6000 ? Math.ceil(s / 60) + " min" : Math.ceil(s / 3600) + " h");

function watch(s) {
  const two = (n) => String(n).padStart(2, "0");
  const minutes = Math.floor(s / 60);
  return (s < 3600 ? minutes : Math.floor(s / 3600) + ":" + two(minutes % 60)) + ":" + two(s % 60);
}

function tick() {
  const each = (selector, words) => $$(selector).forEach((t) => (t.textContent = words(Date.parse(t.dateTime), t)));
  each("time[data-local]", (at, t) => ((t.title = exact.format(at)), (day.format(at) === day.format() ? clock : moment).format(at)));
  each("time[data-day]", (at, t) => ((t.title = exact.format(at)), day.format(at)));
  if (paused) return;
  $$("[data-late]").forEach((p) => (p.hidden = Date.now() < Date.parse(p.dataset.late)));
  each("time[data-countdown]", (at) => span(Math.max(0, Math.ceil((at - Date.now()) / 1000))));
  each("time[data-elapsed]", (at) => watch(Math.max(0, Math.floor((Date.now() - at) / 1000))));
}

tick();
setInterval(tick, 1000);

// ---- The stream: the pill says how it stands, Pause holds messages back.

const pill = $("#pill");
const pause = $("#pause");
const spoken = new Map($$("[data-announce]").map((run) => [run.id, run.dataset.announce]));
let state = "reconnecting";
let held, release; // what messages wait for while the page is paused, and what lets them go
let follow, focused; // whether the page is at its end; what had the focus last, for a message may take it away

function show(next = state) {
  state = next;
  if (!pill) return;
  pill.hidden = !$('[data-testid="connector"]');
  pill.dataset.state = paused && state === "live" ? "paused" : state;
}

pause?.addEventListener("click", () => {
  paused = !paused;
  if (paused) held = new Promise((go) => (release = go));
  else release();
  pause.textContent = paused ? "Resume" : "Pause";
  document.documentElement.toggleAttribute("data-paused", paused);
  show();
});

document.addEventListener("focusin", ({ target }) => (focused = target));
const toEnd = () => scrollTo({ top: document.documentElement.scrollHeight });
const refused = (status) => (status === 410 ? location.reload() : show(status === 401 ? "signed-out" : "reconnecting")); // gone: the page says so

// What a message leaves to be done; the status region speaks at the borders of steps only.
function settle() {
  tick();
  show();
  for (const run of $$("[data-announce]")) {
    const words = run.dataset.announce;
    if (words && spoken.get(run.id) !== words) $("#status").textContent = words;
    spoken.set(run.id, words);
  }
  const counts = $('[data-testid="listing"]')?.dataset ?? {}; // of a list, whose tabs stand outside of what a message replaces
  $$("[data-count]").forEach((tab) => (tab.textContent = counts[tab.dataset.count] ?? tab.textContent));
  if (follow && composer) toEnd();
  if (focused?.isConnected === false && document.activeElement === document.body && !touch.matches) (text ?? $("#main :is(a, button)"))?.focus({ preventScroll: !!text });
}

$("[data-login]")?.setAttribute("href", "/login?return_to=" + encodeURIComponent(location.pathname));
for (const [name, act] of Object.entries({
  "htmx:sse:after:connection": () => show("live"),
  "htmx:sse:error": (event) => refused(event.detail.status),
  "htmx:response:error": (event) => refused(event.detail.ctx.response.status),
  "htmx:error": () => show("reconnecting"),
  "htmx:sse:before:message": (event) => {
    if (paused) event.detail.waitUntil(held);
    follow = innerHeight + scrollY > document.documentElement.scrollHeight - 200;
  },
  "htmx:sse:after:message": settle,
  "htmx:after:swap": () => pill || settle(), // pages without a stream ask by themselves
  "htmx:sse:close": () => setTimeout(settle), // the last message takes the connector with it
})) document.addEventListener(name, act);

const last = $("[autofocus], article:target") ? null : $$('[data-testid="entry"]').at(-1); // what was refused is what to look at
if (last && last.offsetHeight > innerHeight - 220) last.scrollIntoView();
else if (last) toEnd();
show();

// ---- Forms: the time zone is the browser's until somebody chooses another.

const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
for (const select of here ? $$("select[data-zone]") : []) {
  if (![...select.options].some((option) => option.value === here)) select.add(new Option(here.replaceAll("_", " "), here), 0);
  select.value = here;
}
