import Causality

extension PlantedBug {
    /// What the mistake breaks, for people.
    var words: String {
        switch self {
        case .mergesBeforeDependencies: "a change set is merged before what its author had seen"
        case .lastWriterWins: "a write supersedes values that its author had not seen"
        case .resolveCoversEverything: "resolving settles messages that the resolver had not seen"
        case .removeWins: "taking a label off removes it wherever else it was put on"
        case .firstArrivalOwns: "of several claims the one that arrived first counts"
        case .releaseToNobody: "a released thread belongs to nobody"
        case .claimDropsDrafts: "claiming throws away colleagues' drafts"
        case .acknowledgesBeforeDurable: "what was authored leaves before it is on the disk"
        case .forgetsToRestore: "memory keeps what a failed transaction did"
        case .skipsSignatures: "signatures of runs are not checked"
        case .neverAsksAgain: "a request that nobody answers is not repeated"
        case .comparesCounts: "peers that hold as many logs count as equal"
        case .refusesTheFuture: "a stamp ahead of the clock keeps a change set out"
        case .tellsNobody: "claimants of a contested thread are not told"
        case .quotesThePatient: "a refusal quotes what the person wrote"
        case .hidesForks: "another history of a log is not reported"
        case .needsPeers: "a node without peers refuses commands"
        case .greetsAllTheTime: "peers greet each other on every tick"
        case .purgesWhatIsHeld: "a purge is carried out although a hold came that its author had not seen"
        }
    }
}
