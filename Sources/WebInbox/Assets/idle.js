// Locks the page when nobody has touched it for a while, in all of the browser's windows together.
import { flushDrafts } from "./drafts.js"

const memory = "suture-active"
const warning = 60000
const keepAlive = 240000
const minute = 60000

let lastWritten = 0, lastHeard = Date.now(), isLocking = false

/** Watches for input; warns a minute before, then signs out. */
export function startIdleLock() {
  const minutes = Number(document.body.dataset.idleMinutes)
  if (!(minutes > 0)) return
  const options = { passive: true, capture: true }
  for (const name of ["pointerdown", "keydown", "wheel", "touchstart", "input"]) addEventListener(name, used, options)
  used()
  setInterval(() => check(minutes * minute), 1000)
  document.addEventListener("visibilitychange", () => { if (!document.hidden) check(minutes * minute) })
}

function used() {
  const now = Date.now()
  if (now - lastWritten < 1000) return
  lastWritten = now
  localStorage.setItem(memory, String(now))
}

function check(limit) {
  const now = Date.now()
  const last = Number(localStorage.getItem(memory)) || lastWritten
  const left = limit - (now - last)
  const sheet = document.getElementById("idle")
  if (left <= 0) return lock()
  if (left <= warning) {
    document.getElementById("idle-left").textContent = Math.ceil(left / 1000)
    if (!sheet.open) sheet.showModal()
  } else if (sheet.open) sheet.close()
  // The server counts requests, not scrolling: tell it now and then that somebody is here.
  if (now - last < keepAlive && now - lastHeard > keepAlive) {
    lastHeard = now
    fetch("/help", { method: "GET", redirect: "manual" }).catch(() => {})
  }
}

async function lock() {
  if (isLocking) return
  isLocking = true
  document.getElementById("main").hidden = true
  await flushDrafts()
  const body = new URLSearchParams({ csrf: document.body.dataset.csrf })
  await fetch("/sign-out", { method: "POST", body, redirect: "manual" }).catch(() => {})
  location.replace("/sign-in?locked=1")
}
