import InboxModel

/// The two words of an id of any kind, as a dictionary key: hashes without the generic witness of `EntityID`, which
/// costs more than the rest of a lookup.
struct IDWords: Hashable {
    let high: UInt64
    let low: UInt64

    init<Entity>(_ id: EntityID<Entity>) {
        high = id.high
        low = id.low
    }

    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }
}
