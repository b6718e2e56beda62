/// Mistakes that are built in on purpose, to see whether the simulator finds them: each breaks one rule in one place.
///
/// They are there only in a program compiled with `PLANTED_BUGS` (`./suture planted`). In every other one `isPlanted` is the
/// constant false, and the compiler leaves nothing of them. None of them is ever active by itself.
public enum PlantedBug: String, CaseIterable, Sendable {
    /// Change sets are merged before what their author had seen.
    case mergesBeforeDependencies = "merges-before-dependencies"
    /// A write to a field supersedes values that its author had not seen.
    case lastWriterWins = "last-writer-wins"
    /// Resolving settles messages that the resolver had not seen.
    case resolveCoversEverything = "resolve-covers-everything"
    /// Taking a label off removes it wherever else it was put on.
    case removeWins = "remove-wins"
    /// Of several claims the one that arrived here first counts.
    case firstArrivalOwns = "first-arrival-owns"
    /// A thread that is released belongs to nobody.
    case releaseToNobody = "release-to-nobody"
    /// Claiming a thread throws away colleagues' drafts.
    case claimDropsDrafts = "claim-drops-drafts"
    /// What was authored leaves the node before it is on the disk.
    case acknowledgesBeforeDurable = "acknowledges-before-durable"
    /// What a failed transaction did to memory is not undone.
    case forgetsToRestore = "forgets-to-restore"
    /// Signatures of runs are not checked.
    case skipsSignatures = "skips-signatures"
    /// A WANT that nobody answers is never asked again.
    case neverAsksAgain = "never-asks-again"
    /// Peers that disagree call themselves equal when they hold as many logs.
    case comparesCounts = "compares-counts"
    /// A stamp ahead of this node's clock keeps the change set out.
    case refusesTheFuture = "refuses-the-future"
    /// Claimants of a contested thread are not told.
    case tellsNobody = "tells-nobody"
    /// A refusal quotes what the person wrote.
    case quotesThePatient = "quotes-the-patient"
    /// Another history of a log is not reported.
    case hidesForks = "hides-forks"
    /// Commands are refused while no other node is connected.
    case needsPeers = "needs-peers"
    /// Peers greet each other on every tick.
    case greetsAllTheTime = "greets-all-the-time"
    /// A purge is carried out although a hold came that its author had not seen.
    case purgesWhatIsHeld = "purges-what-is-held"

    #if PLANTED_BUGS
        /// The one that is active. Set once, before anything runs.
        nonisolated(unsafe) public static var planted: PlantedBug?

        /// Whether that mistake is to be made.
        public static func isPlanted(_ bug: PlantedBug) -> Bool { planted == bug }
    #else
        /// Whether that mistake is to be made: never.
        @inlinable @inline(__always)
        public static func isPlanted(_ bug: PlantedBug) -> Bool { false }
    #endif
}
