import Foundation
import OfficeNode
import SyncEngine

/// The members of a group and this node's links to them, as numbers for a drawing: this node in the middle, the others around it.
struct LinkPicture {
    private let status: NodeStatus
    private let time: PageTime
    private static let height = 300.0

    init(_ status: NodeStatus, _ time: PageTime) {
        self.status = status
        self.time = time
    }

    private struct Place {
        let x: Double
        let y: Double
    }

    var model: [String: Any] {
        let others = status.members.filter { $0.id != status.member?.id }
        let middle = Place(x: 50, y: Self.height / 2)
        let places = others.indices.map { index in
            // From the top, clockwise; wider than high, as pages are.
            let angle =
                2 * Double.pi * Double(index) / Double(max(1, others.count)) - Double.pi / 2 + (others.count == 2 ? Double.pi / 2 : 0)
            return Place(x: 50 + 36 * cos(angle), y: Self.height / 2 - 5 + (Self.height / 2 - 48) * sin(angle))
        }
        let here = status.member?.name ?? "this node"
        return [
            "height": Int(Self.height),
            "links": zip(others, places).map { member, place -> [String: Any] in
                let isUp = peer(member)?.isConnected == true
                return [
                    "x1": Self.number(middle.x), "y1": Self.number(middle.y), "x2": Self.number(place.x), "y2": Self.number(place.y),
                    "middleX": Self.number((middle.x + place.x) / 2), "middleY": Self.number((middle.y + place.y) / 2), "isUp": isUp,
                    "words": "\(here) to \(member.name): \(isUp ? "in touch" : "out of reach")",
                ]
            },
            "members": zip(others, places).map { node($0, $1, isHere: false) }
                + (status.member.map { [node($0, middle, isHere: true)] } ?? []),
        ]
    }

    private func peer(_ member: Member) -> PeerStatus? { status.peers.first { $0.member == member.id } }

    private func node(_ member: Member, _ place: Place, isHere: Bool) -> [String: Any] {
        let peer = peer(member)
        return [
            "x": Self.number(place.x), "y": Self.number(place.y), "name": member.name, "isHere": isHere, "isOffice": member.kind == .office,
            "isRelay": member.kind == .relay, "isUp": isHere || peer?.isConnected == true,
            "words": isHere ? "this node" : peer?.lastHeard.map { "last heard \(time.short($0))" } ?? "not heard yet",
        ]
    }

    private static func number(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(abs(tenths % 10))"
    }
}
