/// Values that were used lately, by key: what is found moves to the young generation; when that is full, it becomes the old one and the
/// former old one is forgotten. That keeps at least the last `generationMax` at the cost of one dictionary operation.
public struct TwoGenerations<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private var young: [Key: Value] = [:]
    private var old: [Key: Value] = [:]
    private let generationMax: Int

    /// Keeps between once and twice `generationMax` values, where so many are used.
    public init(generationMax: Int) { self.generationMax = max(1, generationMax) }

    /// How many there are; one that is in both generations counts twice.
    public var count: Int { young.count + old.count }

    /// The value of `key`, if it was used lately.
    public mutating func find(_ key: Key) -> Value? {
        if let value = young[key] { return value }
        guard let value = old[key] else { return nil }
        keep(value, for: key)
        return value
    }

    /// Keeps a value.
    public mutating func keep(_ value: Value, for key: Key) {
        if young.count >= generationMax {
            old = young
            young = [:]
        }
        young[key] = value
    }

    /// Forgets the values of the keys that `isOver` names.
    public mutating func removeAll(where isOver: (Key) -> Bool) {
        // Mostly few: the keys that stay need not be hashed again.
        for key in young.keys.filter(isOver) { young[key] = nil }
        for key in old.keys.filter(isOver) { old[key] = nil }
    }

    /// Forgets all of them.
    public mutating func removeAll() {
        young = [:]
        old = [:]
    }
}
