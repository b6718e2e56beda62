// Shows how long a reply can still be taken back. It counts from when the page came, so the two clocks need not agree.

/** Runs while a part with data-pending is on the page; parts come and go, so it looks again each time. */
export function startCountdown() {
  setInterval(() => {
    const panel = document.querySelector("[data-pending]")
    if (panel) step(panel)
  }, 250)
}

const began = new WeakMap()

function step(panel) {
  const bar = panel.querySelector("progress")
  if (!began.has(panel)) began.set(panel, { at: performance.now(), left: bar.value })
  const { at, left } = began.get(panel)
  const rest = Math.max(0, left - (performance.now() - at) / 1000)
  bar.value = rest
  if (rest > 0 || panel.dataset.over) return
  panel.dataset.over = "yes"
  panel.querySelector("button").disabled = true
  panel.querySelector("h2").lastChild.textContent = "Your reply was sent"
}
