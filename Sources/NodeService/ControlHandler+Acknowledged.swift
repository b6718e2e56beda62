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

    /// How one member stands.
    func json(_ line: HeldByAll.Line) -> JSONValue {
        [
            "lacks": JSONValue(count: line.lackCount), "since": JSONValue(line.lacksSince), "lastWrote": JSONValue(line.writtenAt),
            "heard": .bool(line.isHeard), "late": .bool(line.isLate),
        ]
    }
}
