import CShadowVFS

/// How a disk's user ends, and what that does to what was written and not synced.
public enum StorageCrash: String, Hashable, Sendable, Codable, CaseIterable {
    /// The process dies: everything written stays, and is still not durable.
    case process
    /// The power fails: each sector that was not synced is kept, lost or torn by the seed; so are sizes, and files made or
    /// deleted.
    case power
    /// The power fails, and nothing that was not synced had reached the disk.
    case powerLosingAll = "power-losing-all"

    /// As C names it.
    var number: Int32 {
        switch self {
        case .process: Int32(SHADOW_PROCESS)
        case .power: Int32(SHADOW_POWER)
        case .powerLosingAll: Int32(SHADOW_POWER_LOSING_ALL)
        }
    }
}
