// Starts what the pages do beyond links and forms. Everything here is an addition: without it the pages still work.
import { startCountdown } from "./countdown.js"
import { startDialogs } from "./dialogs.js"
import { startDrafts } from "./drafts.js"
import { startForms } from "./forms.js"
import { startIdleLock } from "./idle.js"
import { startKeys } from "./keys.js"
import { startLiveUpdates } from "./live.js"
import { startPresence } from "./presence.js"
import { startSearch } from "./search.js"

document.documentElement.classList.add("js")
startDialogs()
startForms()
startDrafts()
startSearch()
startKeys()
startCountdown()
startLiveUpdates()
startPresence()
startIdleLock()
document.querySelector("[data-focus]")?.focus()
// On a narrow page lists lie side by side: bring the one that is open into sight.
for (const link of document.querySelectorAll(".lists [aria-current], .pages [aria-current]")) {
  const strip = link.closest(".lists, .pages ul")
  strip.scrollLeft = link.getBoundingClientRect().left - strip.getBoundingClientRect().left + strip.scrollLeft - strip.clientWidth / 3
}
