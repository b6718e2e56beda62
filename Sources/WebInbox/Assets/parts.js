// The parts of a page (data-part) that the server renders alone when asked with X-Fragment, and how they are replaced.
import { say } from "./spoken.js"

const fields = "textarea, select, input:not([type=hidden])"

/**
 * Fetches the parts of a page.
 *
 * @param {string} url The page's address.
 * @param {string} kind What is asked for: list, thread or offices.
 * @param {{isBackground?: boolean, signal?: AbortSignal}} options `isBackground`: nobody asked for it, so it does not count as use.
 * @returns {Promise<Document>} The parts; rejects where the server refused or cannot be reached.
 */
export async function fetchParts(url, kind, { isBackground = false, signal } = {}) {
  const headers = { "X-Fragment": kind }
  if (isBackground) headers["X-Background"] = "1"
  const response = await fetch(url, { headers, signal, redirect: "manual" })
  // A session that ended is answered with the sign-in: let the browser go there.
  if (response.type === "opaqueredirect" || response.status === 401) {
    location.reload()
    return new Promise(() => {})
  }
  // What is not there any more, or not for this person, is not left standing: the page says so.
  if (isBackground && response.status === 404) {
    location.reload()
    return new Promise(() => {})
  }
  if (!response.ok) throw new Error(`answer ${response.status}`)
  return new DOMParser().parseFromString(await response.text(), "text/html")
}

/** Whether somebody writes in `part`: a field differs from what the server sent, or an action is open. */
export function isWritten(part) {
  return part.querySelector("details.act[open]") !== null || [...part.querySelectorAll(fields)].some(isChanged)
}

/** Whether `part` must not be replaced: somebody writes in it or is about to. */
export function isInUse(part) {
  return isWritten(part) || (part.contains(document.activeElement) && document.activeElement.matches(fields))
}

function isChanged(field) {
  if (field instanceof HTMLSelectElement) {
    const sent = [...field.options].filter((option) => option.defaultSelected)
    return sent.length > 0 ? field.selectedOptions[0] !== sent[0] : field.selectedIndex > 0
  }
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked
  return field.value !== field.defaultValue
}

/**
 * Replaces the parts of this page by those of `fresh`, except the ones that `isKept` names. What had the focus keeps it.
 */
export function replaceParts(fresh, isKept = () => false) {
  const focus = placeOf(document.activeElement)
  for (const part of fresh.querySelectorAll("[data-part]")) {
    const old = document.querySelector(`[data-part="${CSS.escape(part.dataset.part)}"]`)
    if (!old || isKept(old) || old.outerHTML === part.outerHTML) continue
    const opened = [...old.querySelectorAll("details[open]")].map(placeOf)
    const known = new Set([...old.querySelectorAll("[data-thread]")].map((row) => row.dataset.thread))
    const next = document.importNode(part, true)
    if (known.size > 0) {
      for (const row of next.querySelectorAll("[data-thread]")) row.classList.toggle("fresh", !known.has(row.dataset.thread))
    }
    const scrolled = old.scrollLeft
    old.replaceWith(next)
    next.scrollLeft = scrolled
    for (const place of opened) find(place)?.setAttribute("open", "")
  }
  if (focus && !document.activeElement?.matches(focus.selector)) find(focus)?.focus({ preventScroll: true })
}

/** Speaks what a list holds now. */
export function sayList() {
  const title = document.getElementById("list-title")
  if (title) say(title.textContent.replace(/\s+/g, " ").trim())
}

/** How many things a reader would see change if the parts of `fresh` replaced those of this page. Times that pass are none. */
export function countChanges(fresh, names) {
  let count = 0
  for (const name of names) {
    const [old, next] = [document, fresh].map((page) => page.querySelector(`[data-part="${name}"]`))
    if (!old || !next || seen(old) === seen(next)) continue
    const known = new Set([...old.querySelectorAll("li")].map(seen))
    count += name === "conversation" ? Math.max(1, [...next.querySelectorAll("li")].filter((item) => !known.has(seen(item))).length) : 0
    if (name !== "conversation" && count === 0) count = 1
  }
  return count
}

// The words of an element without what differs each time the server renders it.
function seen(element) {
  const copy = element.cloneNode(true)
  for (const time of copy.querySelectorAll("time")) time.remove()
  return copy.textContent.replace(/\s+/g, " ")
}

// How an element is found again after its part was replaced: by what names it for good, never by its position.
function placeOf(element) {
  if (!element || element === document.body) return null
  const { id } = element
  if (id) return { selector: `#${CSS.escape(id)}` }
  const row = element.closest("[data-thread]:not(.thread)")?.dataset.thread
  const around = element.closest("[id]:not(main)")?.id
  const scope = row ? `[data-thread="${CSS.escape(row)}"] ` : around ? `#${CSS.escape(around)} ` : ""
  for (const name of ["data-key", "href"]) {
    const value = element.getAttribute(name)
    if (value) return { selector: `${scope}${element.localName}[${name}="${CSS.escape(value)}"]` }
  }
  if (element.matches("details[class]")) return { selector: `${scope}details.${CSS.escape(element.classList[0])}` }
  return row ? { selector: `${scope}.row-link` } : null
}

function find(place) {
  return place && document.querySelector(place.selector)
}
