// Shows what colleagues do, as it happens. A hidden page holds no connection; it catches up when it is looked at again.
import { countChanges, fetchParts, isInUse, isWritten, replaceParts, sayList } from "./parts.js"
import { showPresence } from "./presence.js"
import { say } from "./spoken.js"

const gap = 250
const patience = 5000

let source, refreshing, refreshWanted, lostTimer, wasLost, held

/** Opens the event stream and keeps the page up to date. */
export function startLiveUpdates() {
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open(true)))
  addEventListener("pagehide", close)
  addEventListener("pageshow", (event) => { if (event.persisted) open(true) })
  document.addEventListener("click", (event) => { if (event.target.closest("[data-bar-show]")) showHeld() })
  if (!document.hidden) open(false)
}

function open(isReturn) {
  if (source) return
  source = new EventSource("/events")
  source.addEventListener("open", () => {
    clearTimeout(lostTimer)
    document.querySelector("[data-lost]")?.remove()
    if (wasLost || isReturn) refresh()
    wasLost = isReturn = false
  })
  source.addEventListener("error", lost)
  source.addEventListener("threads", (event) => changed(JSON.parse(event.data)))
  source.addEventListener("sync", () => { if (kind() !== "thread") refresh() })
  source.addEventListener("presence", (event) => showPresence(JSON.parse(event.data)))
  source.addEventListener("bye", () => location.assign("/sign-in?ended=1"))
}

function close() {
  source?.close()
  source = undefined
  clearTimeout(lostTimer)
}

// A browser tries again by itself after a broken connection, but not after a refusal.
function lost() {
  wasLost = true
  clearTimeout(lostTimer)
  lostTimer = setTimeout(() => {
    if (source?.readyState === EventSource.OPEN) return refresh()
    const status = document.querySelector(".status")
    if (status && !document.querySelector("[data-lost]")) {
      const pill = document.createElement("span")
      pill.className = "pill pill-apart"
      pill.dataset.lost = ""
      pill.textContent = "Live updates paused"
      status.prepend(pill)
      say("Live updates are paused: this office's node does not answer.")
    }
    if (source?.readyState === EventSource.CLOSED) { close(); open(true) } else lost()
  }, patience)
}

function kind() { return document.getElementById("main").dataset.live }

function thread() { return document.querySelector(".thread") }

function changed(ids) {
  if (kind() === "list" || (kind() === "thread" && ids.includes(thread()?.dataset.thread))) refresh()
}

async function refresh() {
  const what = kind()
  if (!what) return
  if (refreshing) { refreshWanted = true; return }
  refreshing = true
  try {
    const fresh = await fetchParts(location.pathname + location.search, what, { isBackground: true })
    if (what === "thread") showThread(fresh)
    else {
      replaceParts(fresh, (part) => what !== "list" && isInUse(part))
      if (what === "list") sayList()
    }
  } catch { lost() } finally {
    // Bursts of changes are shown together, a single one at once.
    setTimeout(() => {
      refreshing = false
      if (refreshWanted) { refreshWanted = false; refresh() }
    }, gap)
  }
}

function showThread(fresh) {
  if (!fresh.querySelector(".thread")) return
  const changes = countChanges(fresh, ["conversation", "panels", "head", "side"])
  if (changes > 0 && [...thread().querySelectorAll("[data-part]")].some(isWritten)) {
    held = fresh
    const words = changes === 1 ? "1 change since this page was shown" : `${changes} changes since this page was shown`
    thread().querySelector("[data-bar-words]").textContent = words
    thread().querySelector("[data-bar]").hidden = false
    replaceParts(fresh, (part) => part.dataset.part !== "status")
    return say(`${words}. What you write stays.`)
  }
  take(fresh)
  if (changes > 0) say("This thread was brought up to date.")
}

function showHeld() {
  if (held) take(held)
  say("This thread was brought up to date.")
  document.querySelector(".conversation li:last-child")?.scrollIntoView({ block: "nearest" })
}

// From here on the page shows what `fresh` shows, so that forms which were kept may say so too.
function take(fresh) {
  replaceParts(fresh, isInUse)
  const shown = fresh.querySelector(".thread").dataset.shown
  thread().dataset.shown = shown
  for (const input of thread().querySelectorAll("input[name=shown]")) input.value = shown
  thread().querySelector("[data-bar]").hidden = true
  held = undefined
}
