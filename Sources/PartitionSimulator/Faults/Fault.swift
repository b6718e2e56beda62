/// Everything that a simulation can do to a group: the rows of the coverage table, in the order of the design's list.
public enum Fault: String, Hashable, Sendable, Codable, CaseIterable {
    // The network.
    case nodeCutOff = "node-cut-off"
    case halves
    case minorityThird = "minority-third"
    case ringOfMajorities = "ring-of-majorities"
    case bridge
    case nonTransitive = "non-transitive"
    case oneWay = "one-way"
    case flapping
    case swizzle
    case relayDown = "relay-down"
    case loss
    case burstLoss = "burst-loss"
    case delay
    case reordering
    case duplication
    case corruption
    case truncation
    case replay
    case slowLink = "slow-link"
    case jam
    case halfOpen = "half-open"
    // The nodes.
    case killAtWrite = "kill-at-write"
    case killAtSync = "kill-at-sync"
    case killAtDirective = "kill-at-directive"
    case powerLoss = "power-loss"
    case restartLoop = "restart-loop"
    case pause
    case clockJump = "clock-jump"
    case clockDrift = "clock-drift"
    case clockFrozen = "clock-frozen"
    case diskFull = "disk-full"
    case inputOutputError = "io-error"
    case tornWrite = "torn-write"
    case lyingSync = "lying-sync"
    case bitRot = "bit-rot"
    case restoredBackup = "restored-backup"
    case clonedDisk = "cloned-disk"
    case mixedVersions = "mixed-versions"
    // Membership.
    case joinWhileApart = "join-while-apart"
    case staleSponsor = "stale-sponsor"
    case concurrentAdmission = "concurrent-admission"
    case mutualRevocation = "mutual-revocation"
    case stolenLaptop = "stolen-laptop"
    case rotationWhileAway = "rotation-while-away"
    case lateJoiner = "late-joiner"
    case snapshotJoiner = "snapshot-joiner"
    case retirement
    case lastAdministratorLost = "last-administrator-lost"
    // Adversaries.
    case forgedSignature = "forged-signature"
    case strippedSignature = "stripped-signature"
    case wrongKey = "wrong-key"
    case crossGroupReplay = "cross-group-replay"
    case crossEpochReplay = "cross-epoch-replay"
    case equivocation
    case selectiveFork = "selective-fork"
    case causalGap = "causal-gap"
    case clockInflation = "clock-inflation"
    case oversizedFrame = "oversized-frame"
    case deepNesting = "deep-nesting"
    case revokedBackdating = "revoked-backdating"
    case relayDrops = "relay-drops"
    case relayWithholds = "relay-withholds"
    case relayReorders = "relay-reorders"
    case relayRollsBack = "relay-rolls-back"
    // People.
    case twoClaims = "two-claims"
    case claimMeetsResolve = "claim-meets-resolve"
    case reassignMeetsClaim = "reassign-meets-claim"
    case messageMeetsResolve = "message-meets-resolve"
    case mergeMeetsEdit = "merge-meets-edit"
    case ownerLeaves = "owner-leaves"
    case withdrawalMeetsReminder = "withdrawal-meets-reminder"
    case holdMeetsPurge = "hold-meets-purge"
    case purgeMeetsCorrection = "purge-meets-correction"
    case escalationMeetsHandOff = "escalation-meets-hand-off"
    case doubleClick = "double-click"
    case stalePage = "stale-page"

    /// Whether it is a relay that does it.
    public var isOfRelay: Bool {
        [.relayDrops, .relayWithholds, .relayReorders, .relayRollsBack].contains(self)
    }

    /// Whether it takes a disk from which an earlier state can be shown.
    var showsEarlierState: Bool { self == .relayWithholds || self == .relayRollsBack }

    /// The part of the catalogue it belongs to.
    public var group: String {
        switch self {
        case .nodeCutOff, .halves, .minorityThird, .ringOfMajorities, .bridge, .nonTransitive, .oneWay, .flapping, .swizzle,
            .relayDown, .loss, .burstLoss, .delay, .reordering, .duplication, .corruption, .truncation, .replay, .slowLink,
            .jam, .halfOpen:
            "network"
        case .killAtWrite, .killAtSync, .killAtDirective, .powerLoss, .restartLoop, .pause, .clockJump, .clockDrift,
            .clockFrozen, .diskFull, .inputOutputError, .tornWrite, .lyingSync, .bitRot, .restoredBackup, .clonedDisk,
            .mixedVersions:
            "node"
        case .joinWhileApart, .staleSponsor, .concurrentAdmission, .mutualRevocation, .stolenLaptop, .rotationWhileAway,
            .lateJoiner, .snapshotJoiner, .retirement, .lastAdministratorLost:
            "membership"
        case .forgedSignature, .strippedSignature, .wrongKey, .crossGroupReplay, .crossEpochReplay, .equivocation,
            .selectiveFork, .causalGap, .clockInflation, .oversizedFrame, .deepNesting, .revokedBackdating, .relayDrops,
            .relayWithholds, .relayReorders, .relayRollsBack:
            "adversary"
        case .twoClaims, .claimMeetsResolve, .reassignMeetsClaim, .messageMeetsResolve, .mergeMeetsEdit, .ownerLeaves,
            .withdrawalMeetsReminder, .holdMeetsPurge, .purgeMeetsCorrection, .escalationMeetsHandOff, .doubleClick,
            .stalePage:
            "people"
        }
    }

    /// What the fault waits for; nil where it can be injected today.
    public var notYet: String? {
        switch self {
        case .snapshotJoiner: "snapshots"
        case .withdrawalMeetsReminder: "reminders"
        default: nil
        }
    }
}
