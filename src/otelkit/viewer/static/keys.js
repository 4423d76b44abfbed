// The keys that every page knows; the dialog in base.html lists them.
const keys = document.querySelector("#keys");

const lines = () => [...document.querySelectorAll("[data-row]")].filter((line) => line.checkVisibility());

function move(step) {
  const all = lines();
  const here = all.indexOf(document.activeElement?.closest("[data-row]"));
  const next = here < 0 ? (step > 0 ? 0 : all.length - 1) : here + step;
  all[Math.min(Math.max(next, 0), all.length - 1)]?.focus();
}

function close() {
  const line = document.activeElement?.closest("[data-row]");
  const inside = document.activeElement?.closest(".inside")?.previousElementSibling;
  const log = document.activeElement?.closest("details[open]");
  if (log) {
    log.open = false;
    log.querySelector("summary").focus();
  } else {
    const opened = [line, inside, document.querySelector("[data-row][aria-expanded=true]")]
      .find((one) => one?.ariaExpanded === "true");
    opened?.click();
    opened?.focus();
  }
}

const actions = {
  "/": () => (document.querySelector("[data-search]") ?? document.querySelector(".find input")).select(),
  "?": () => keys.showModal(),
  j: () => move(1),
  k: () => move(-1),
  ArrowDown: () => move(1),
  ArrowUp: () => move(-1),
  Escape: close,
  c: () => document.querySelector("[data-copy]")?.click(),
};

const types = (target) => target.matches("input:not([type=checkbox]), select, textarea");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || keys.open) return;
  if (types(event.target)) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const action = actions[event.key];
  if (!action) return;
  event.preventDefault();
  action();
});

const button = document.querySelector("[data-show-keys]");
button.hidden = false;
button.addEventListener("click", () => keys.showModal());
