// Searches while somebody types, and filters as soon as something is chosen.
import { fetchParts, replaceParts, sayList } from "./parts.js"

const pause = 150

let timer, running

/** Lets a form with data-search replace the rows of its page. */
export function startSearch() {
  document.addEventListener("input", (event) => { if (event.target.closest("form[data-search]")) wait(event.target.form, pause) })
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-search]")) return
    event.preventDefault()
    wait(event.target, 0)
  })
}

function wait(form, delay) {
  clearTimeout(timer)
  timer = setTimeout(() => search(form), delay)
}

async function search(form) {
  running?.abort()
  running = new AbortController()
  const { signal } = running
  const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ""))
  const url = `${form.getAttribute("action")}?${query}`
  try {
    const fresh = await fetchParts(url, form.dataset.search || "list", { signal })
    history.replaceState(history.state, "", url)
    replaceParts(fresh)
    sayList()
  } catch (error) {
    // The page itself says best what went wrong.
    if (error.name !== "AbortError") location.assign(url)
  }
}
