public import InboxModel

/// Who covers whom, followed from backup to backup until somebody is there.
public enum CoverChain {
    /// The person who looks after what `person` is accountable for.
    ///
    /// Of several absences of one person the one that ends first is followed first, then by the backup's id; another is
    /// tried when it leads to nobody. The order of `absences` does not matter.
    ///
    /// - Parameters:
    ///   - person: Whose matters they are.
    ///   - absences: Who is away; those that are over at `now` do not count.
    ///   - now: Milliseconds since 1970.
    /// - Returns: `person` if they are there; nil when cover is missing: the chain ends without a backup, or in a loop.
    public static func covering(_ person: StaffID, absences: [Absence], at now: Int64) -> StaffID? {
        let current = absences.filter { now < $0.until }
        var visited: Set<StaffID> = []
        // The next to ask last.
        var waiting = [person]
        while let candidate = waiting.popLast() {
            // A chain that comes back to somebody it passed has found nobody there.
            guard visited.insert(candidate).inserted else { continue }
            let away = current.filter { $0.staff == candidate }
            if away.isEmpty { return candidate }
            let backups = away.compactMap { absence in absence.backup.map { (until: absence.until, backup: $0) } }
            waiting += backups.sorted { ($0.until, $0.backup) > ($1.until, $1.backup) }.map(\.backup)
        }
        return nil
    }
}
