// Keeps replies as drafts while they are written.
import { say } from "./spoken.js"

const pause = 800
const retry = 5000
const waiting = new Map()

/** Saves what is typed in a form with data-draft after a pause, and at once when the page is left. */
export function startDrafts() {
  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-draft]")
    if (form) wait(form, pause)
  })
  document.addEventListener("submit", (event) => { clearTimeout(waiting.get(event.target)); waiting.delete(event.target) })
  addEventListener("pagehide", () => flushDrafts())
}

/** Saves at once what still waits. */
export function flushDrafts() {
  return Promise.all([...waiting.keys()].map((form) => save(form, true)))
}

function wait(form, delay) {
  clearTimeout(waiting.get(form))
  waiting.set(form, setTimeout(() => save(form), delay))
}

async function save(form, isLeaving = false) {
  clearTimeout(waiting.get(form))
  waiting.delete(form)
  const body = new URLSearchParams()
  for (const name of ["csrf", "shown", "text"]) body.set(name, form.elements[name]?.value ?? "")
  try {
    const address = `${form.closest(".thread").dataset.url}/draft`
    const headers = { Accept: "application/json" }
    const response = await fetch(address, { method: "POST", body, headers, keepalive: isLeaving, redirect: "manual" })
    if (!response.ok) throw new Error(`answer ${response.status}`)
    const answer = response.status === 204 ? {} : await response.json()
    const time = answer.saved ?? new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })
    show(form, `Draft saved ${time}`)
  } catch {
    if (isLeaving) return
    show(form, "Draft not saved yet: the node does not answer")
    say("The draft could not be saved yet.")
    if (!waiting.has(form)) wait(form, retry)
  }
}

function show(form, words) {
  const place = form.querySelector("[data-saved]")
  if (place) place.textContent = words
}
