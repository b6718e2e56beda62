import InboxModel

/// Small numbers for byte strings that many rows repeat. Follows its table; loaded anew after a rollback.
struct NumberTable {
    private let table: StaticString
    private var numbers: [[UInt8]: Int64] = [:]
    private var last: Int64 = 0

    /// Loads the table named `table`, which has columns `no` and `id`.
    init(_ table: StaticString, loading source: some StatementSource) throws {
        self.table = table
        try source.forEachRow("SELECT no, id FROM \(table)") { row in
            numbers[row.blob(1)] = row.integer(0)
            last = max(last, row.integer(0))
        }
    }

    /// The number of `id`, where it has one.
    func known(_ id: [UInt8]) -> Int64? { numbers[id] }

    /// The number of `id`, with the next one, stored, where it is new.
    mutating func number(of id: [UInt8], in source: some StatementSource) throws -> Int64 {
        if let number = numbers[id] { return number }
        let number = last + 1
        try source.run("INSERT INTO \(table) (no, id) VALUES (?, ?)") {
            $0.bind(1, number)
            $0.bindCopy(2, id)
        }
        last = number
        numbers[id] = number
        return number
    }
}

/// The numbers of offices, categories, queues and staff, found by the words of their ids.
struct EntityNumbers {
    private var table: NumberTable
    private var numbers: [IDWords: Int64] = [:]

    init(loading source: some StatementSource) throws { table = try NumberTable("entity", loading: source) }

    /// The number of an id that a row names already.
    func known<Entity>(_ id: EntityID<Entity>) -> Int64? { numbers[IDWords(id)] ?? table.known(id.canonicalBytes) }

    /// The number of `id`, stored where it is new.
    mutating func number<Entity>(of id: EntityID<Entity>, in source: some StatementSource) throws -> Int64 {
        if let number = numbers[IDWords(id)] { return number }
        let number = try table.number(of: id.canonicalBytes, in: source)
        numbers[IDWords(id)] = number
        return number
    }
}
