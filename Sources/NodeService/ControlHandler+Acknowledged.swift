import ChangeLog
import OfficeNode

extension ControlHandler {
    /// What all members have by their signed word, and who is waited for.
    func json(_ held: HeldByAll, _ status: NodeStatus) -> JSONValue {
        [
            "everything": .bool(held.isEverything), "until": JSONValue(held.until),
            "waitingFor": .array(
                held.late.map { line in
                    [
                        "member": JSONValue(status.name(of: line.member)), "since": JSONValue(line.lacksSince),
                        "lacks": JSONValue(count: line.lackCount), "heard": .bool(line.isHeard),
                    ]
                }),
        ]
    }

    /// The logs that nobody writes to any more, in figures, and who has not said yet that it has all of them.
    func json(_ retired: [RetiredLog], _ status: NodeStatus) -> JSONValue {
        let waitingFor = Set(retired.flatMap(\.waitingFor)).compactMap { status.name(of: $0) }.sorted()
        return [
            "count": .int(retired.count), "sealed": .int(retired.count(where: \.isSealed)),
            "waitingFor": .array(waitingFor.map { .string($0) }),
        ]
    }

    /// How one member stands.
    func json(_ line: HeldByAll.Line) -> JSONValue {
        [
            "lacks": JSONValue(count: line.lackCount), "since": JSONValue(line.lacksSince), "lastWrote": JSONValue(line.writtenAt),
            "heard": .bool(line.isHeard), "late": .bool(line.isLate),
        ]
    }
}
