import Causality
import ChangeLog
import Glibc
import InboxModel
import OfficeNode
import ReplicaStore
import SyncEngine
import Vault
import ZeroMQTransport

extension ControlVerb {
    /// The node itself.
    static let nodeVerbs: [String: ControlVerb] = [
        "status": ControlVerb { handler, _ in try await handler.status() },
        "counters": ControlVerb { handler, _ in try await handler.counters() },
        "lock": ControlVerb { handler, _ in
            guard handler.service.isLockable else {
                throw ControlFailure.invalid("this node's key is not wrapped under a passphrase: stop it instead (suture stop)")
            }
            handler.service.requestLock(.asked)
            return ["locking": true]
        },
        "unlock": ControlVerb(["passphrase"]) { _, _ in throw ControlFailure.invalid("the node is not locked") },
        "stop": ControlVerb { handler, _ in
            handler.service.requestStop()
            return ["stopping": true]
        },
    ]
}

extension ControlHandler {
    fileprivate func status() async throws -> JSONValue {
        let status = await service.status()
        let lookup = try await lookup()
        let now = WallClock.now()
        // They name patients.
        let conflicts = service.closure == nil ? try lookup.reader.asSeenByNobody().list(ThreadFilter(.conflicts), limit: 20) : []
        let counts = try lookup.reader.store.counts(now: now)
        let quarantine = try lookup.reader.store.quarantine()
        let own = status.member
        return [
            "group": .string(status.groupName), "groupId": .string("\(lookup.reader.group)"), "now": JSONValue(now),
            "member": own.map { json($0, lookup.directory) } ?? .null,
            "memberId": .string("\(service.memberID)"), "replica": .string("\(status.replica)"),
            "listening": JSONValue(service.boundEndpoint),
            "members": .array(status.members.map { json($0, lookup.directory) }),
            "peers": .array(status.members.filter { $0.id != service.memberID }.map { json($0, status) }),
            "logs": .array(status.progress.map { json($0, status) }), "retiredLogs": json(status.retired, status),
            "counts": json(counts), "conflicts": .array(conflicts.map { json($0) }),
            "forks": .array(status.forks.map { json($0, status) }),
            "heldByAll": status.isRelay ? .null : json(try lookup.reader.heldByAll(status.stability, now: now), status),
            "quarantine": .array(
                quarantine.map {
                    [
                        "changeSet": .string("\($0.dot)"), "reason": .string($0.reason),
                        "receivedAt": JSONValue($0.receivedAt),
                    ]
                }),
            "key": status.isRelay ? "none" : status.isWaitingForKey ? "waiting" : "held", "backlog": .bool(status.hasBacklog),
            "contact": status.contact.map { Self.json($0) } ?? .null,
            "holding": status.laptopScope == nil && status.partialThreads == 0 ? .null : Self.holding(status),
            "invitations": .int(status.openInvitations),
            "devicesWaiting": .int(status.invitations.count { $0.stage == .waiting }), "strangerFrames": .int(status.strangerFrames),
        ]
    }

    /// What a laptop holds that was told to hold less than everything, or is fetching what it let go.
    private static func holding(_ status: NodeStatus) -> JSONValue {
        [
            "days": status.laptopScope.map { .double(Double($0.age) / 86_400_000) } ?? .null,
            "people": JSONValue(texts: status.laptopScope?.people ?? []), "queues": JSONValue(texts: status.laptopScope?.queues ?? []),
            "partialThreads": .int(status.partialThreads),
        ]
    }

    private static func json(_ contact: ContactStatus) -> JSONValue {
        let day = 86_400_000.0
        let state =
            switch contact.closure {
            case .away: "closed"
            case .clockBehind: "clock-behind"
            case .removed: "removed"
            case nil: contact.closesSoon ? "closes-soon" : "open"
            }
        return [
            "state": .string(state), "lastMet": JSONValue(contact.lastMet), "days": .double(Double(contact.away) / day),
            "limitDays": contact.limit.map { .double(Double($0) / day) } ?? .null,
            "message": contact.message.map { .string($0) } ?? .null,
        ]
    }

    private func json(_ member: Member, _ directory: Directory) -> JSONValue {
        [
            "id": .string("\(member.id)"), "name": .string(member.name), "kind": .string(member.kind.word),
            "office": JSONValue(member.office.map { directory.key(of: $0) }), "endpoint": .string(member.endpoint),
            "administrator": .bool(member.isAdministrator),
        ]
    }

    private func json(_ member: Member, _ status: NodeStatus) -> JSONValue {
        let peer = status.peers.first { $0.member == member.id }
        return [
            "name": .string(member.name), "kind": .string(member.kind.word), "endpoint": .string(member.endpoint),
            "connected": .bool(peer?.isConnected ?? false), "state": .string(peer?.state.rawValue ?? "disconnected"),
            "lastHeard": JSONValue(peer?.lastHeard), "missingHere": JSONValue(count: peer?.missingHere ?? 0),
            "missingThere": JSONValue(count: peer?.missingThere ?? 0), "faults": JSONValue(count: peer?.faults ?? 0),
            "clockAhead": JSONValue(status.clockLeads[member.id]),
        ]
    }

    private func json(_ progress: ReplicaProgress, _ status: NodeStatus) -> JSONValue {
        let author = status.authors[progress.replica].flatMap { id in status.members.first { $0.id == id } }
        return [
            "replica": .string("\(progress.replica)"), "author": JSONValue(author?.name),
            "received": JSONValue(count: progress.received.sequence), "merged": JSONValue(count: progress.merged),
            "after": JSONValue(count: progress.base),
            "indexed": JSONValue(count: progress.indexed),
            "retired": .bool(status.retired.contains { $0.head.replica == progress.replica }),
            "sealed": .bool(status.retired.contains { $0.head.replica == progress.replica && $0.isSealed }),
        ]
    }

    private func json(_ fork: ForkStatus, _ status: NodeStatus) -> JSONValue {
        [
            "member": JSONValue(status.name(of: fork.member)), "log": .string("\(fork.replica)"), "after": JSONValue(count: fork.after),
            "noticedAt": JSONValue(fork.noticedAt),
            "branches": .array(
                fork.branches.map { ["replica": .string("\($0.replica)"), "received": JSONValue(count: $0.last)] }),
        ]
    }

    fileprivate func counters() async throws -> JSONValue {
        let transport = service.counters
        let statistics = try await service.makeReader().store.statistics()
        let longest = await service.runner.longestTurn
        let catchUp = service.meter.figures
        let fields: [(String, UInt64)] = [
            ("framesIn", transport.framesIn), ("bytesIn", transport.bytesIn), ("framesOut", transport.framesOut),
            ("bytesOut", transport.bytesOut), ("framesDropped", transport.framesDropped),
            ("refused", transport.refused), ("oversized", transport.oversized), ("malformed", transport.malformed),
        ]
        return [
            "transport": .object(Dictionary(fields.map { ($0.0, JSONValue(count: $0.1)) }) { first, _ in first }),
            "catchUp": [
                "changeSets": JSONValue(count: catchUp.changeSets), "seconds": .double(catchUp.elapsed / .seconds(1)),
                "preparingSeconds": .double(catchUp.preparing / .seconds(1)),
                "committingSeconds": .double(catchUp.committing / .seconds(1)),
            ],
            "longestTurnMilliseconds": .double(longest / .milliseconds(1)),
            "memoryPeakBytes": JSONValue(Self.memoryPeak()),
            "database": [
                "bytes": JSONValue(statistics.databaseBytes), "freeBytes": JSONValue(statistics.freeBytes),
                "threads": .int(statistics.threads), "messages": JSONValue(count: statistics.messages),
                "patients": .int(statistics.patients), "changeSets": JSONValue(count: statistics.changeSets),
                "changeSetsMerged": JSONValue(count: statistics.changeSetsMerged),
                "unknownChanges": JSONValue(count: statistics.unknownChanges),
            ],
        ]
    }

    /// The most memory this process ever had resident, in bytes; nil where the system does not tell.
    private static func memoryPeak() -> Int64? {
        do throws(FileFault) {
            let text = try FileFault.contents(of: "/proc/self/status", bytesMax: 64 << 10)
            let lines = String(decoding: text ?? [], as: UTF8.self).split(separator: "\n")
            let line = lines.first { $0.hasPrefix("VmHWM:") }
            return line.flatMap { Int64($0.filter { $0.isASCII && $0.isNumber }) }.map { $0 * 1024 }
        } catch {
            return nil
        }
    }
}
