// Follows what arrives: asks once a second for the lines after the last one. Pauses while the tab is hidden,
// while the pointer is over the lines, and with Space.
const EVERY_MILLISECONDS = 1000;
const MOST_LINES = 500;
const button = document.querySelector("[data-tail]");
const state = document.querySelector("[data-tail-state]");
const lines = document.querySelector("[data-lines]");
let [on, paused, hovered, fails, after] = [false, false, false, 0, button?.dataset.after];

function waits() {
  if (paused) return "paused: Space goes on";
  if (hovered) return "paused while you read";
  return fails ? "the viewer does not answer, trying again" : "";
}

function show() {
  button.setAttribute("aria-pressed", String(on));
  state.textContent = on ? waits() || "following" : "";
}

async function fetchLines() {
  const address = new URL(button.dataset.tail, location);
  address.searchParams.set("after", after);
  const answer = await fetch(address);
  const latest = answer.headers.get("x-after");
  if (!answer.ok || latest === null) throw new Error(String(answer.status));
  after = latest;
  const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
  return [...parsed.querySelectorAll("details.log")];
}

async function follow() {
  if (on && !paused && !hovered && !document.hidden) {
    try {
      const fresh = await fetchLines();
      fails = 0;
      lines.prepend(...fresh);
      fresh.forEach((line) => line.classList.add("fresh"));
      while (lines.children.length > MOST_LINES) lines.lastElementChild.remove();
      if (fresh.length) document.querySelector("[data-none]")?.remove();
    } catch {
      fails += 1;
    }
    show();
  }
  setTimeout(follow, EVERY_MILLISECONDS * Math.min(1 + fails, 10));
}

if (button) {
  button.hidden = false;
  button.addEventListener("click", () => {
    on = !on;
    paused = false;
    show();
  });
  button.addEventListener("click", follow, { once: true }); // then it goes on by itself: one at a time
  lines.addEventListener("pointerenter", () => { hovered = true; show(); });
  lines.addEventListener("pointerleave", () => { hovered = false; show(); });
  document.addEventListener("keydown", (event) => {
    if (event.key !== " " || !on || event.target.matches("input, select, button, summary, a")) return;
    event.preventDefault();
    paused = !paused;
    show();
  });
}
