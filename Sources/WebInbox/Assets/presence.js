// Says who looks at a thread and who writes in it, to colleagues who have it open at this office, and shows what they say.
import { say } from "./spoken.js"

const beat = 8000
const writingGap = 10000

let timer, wroteAt = 0, shown = ""

function thread() { return document.querySelector(".thread") }

/** Tells the node while this page shows a thread and somebody can see it. */
export function startPresence() {
  if (!thread()) return
  document.addEventListener("visibilitychange", () => (document.hidden ? leave() : look()))
  addEventListener("pagehide", leave)
  addEventListener("pageshow", (event) => { if (event.persisted) look() })
  document.addEventListener("input", (event) => { if (event.target.closest("form[data-draft]")) write() })
  if (!document.hidden) look()
}

async function post(what, fields = {}) {
  const csrf = document.querySelector("input[name=csrf]")?.value
  if (!csrf) return undefined
  const body = new URLSearchParams({ csrf, ...fields })
  const headers = { "X-Background": "1", Accept: "application/json" }
  return fetch(`${thread().dataset.url}/${what}`, { method: "POST", body, headers, keepalive: true, redirect: "manual" })
}

async function look() {
  clearTimeout(timer)
  timer = setTimeout(look, beat)
  try {
    const answer = await post("looking")
    if (answer?.ok) return showPresence(await answer.json())
    // Not signed in any more, or not to be read: asked again it would only be refused again.
    if (!answer || answer.status < 500) clearTimeout(timer)
    // What was shared for a while is over: it is not left standing.
    if (answer?.status === 404) location.reload()
  } catch { showPresence({ thread: thread().dataset.thread, names: [], looking: [] }) }
}

function leave() {
  clearTimeout(timer)
  post("looking", { left: "1" }).catch(() => {})
}

function write() {
  if (Date.now() - wroteAt < writingGap) return
  wroteAt = Date.now()
  post("writing").catch(() => {})
}

function sentence(names, one, several) { return names.length === 0 ? "" : `${names.join(" and ")} ${names.length === 1 ? one : several}` }

/** Shows who else is there. Said once, and again only when somebody comes, goes, or begins to write. */
export function showPresence({ thread: id, names, looking }) {
  const place = document.querySelector("[data-presence]")
  if (!place || thread()?.dataset.thread !== id) return
  const words = [sentence(names, "is writing here", "are writing here"), sentence(looking, "is looking at this thread", "are looking at this thread")]
  const text = words.filter((part) => part !== "").join("; ")
  if (text !== shown) say(text)
  shown = text
  place.replaceChildren(...names.map((name) => pill(name, "is writing here", true)), ...looking.map((name) => pill(name, "is looking at this thread", false)))
}

function pill(name, words, isWriting) {
  const pill = document.createElement("span")
  pill.className = isWriting ? "pill pill-writing" : "pill"
  const letters = name.split(/\s+/).filter((part) => !part.endsWith(".")).map((part) => part[0] ?? "").join("").slice(0, 2)
  const initials = document.createElement("span")
  initials.className = "initials"
  initials.setAttribute("aria-hidden", "true")
  initials.textContent = letters
  pill.append(initials, ` ${name} ${words}`)
  return pill
}
