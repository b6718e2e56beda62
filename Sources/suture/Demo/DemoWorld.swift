import Foundation
import NodeService
import OfficeNode
import PartitionSimulator

/// Three real nodes on loopback and the links between them: two offices and a laptop.
final class DemoWorld {
    /// The node that founds the group.
    let towson: NodeProcess
    /// The second office.
    let belair: NodeProcess
    /// The on-call clinician's laptop.
    let laptop: NodeProcess
    /// The keys of the practice file, as ids.
    private(set) var keys = PracticeImport.Keys()
    /// The loopback port of each node's pages.
    let pages: [String: UInt16]
    /// The password of everybody in the sample practice, made anew for each demonstration.
    let password = Staff.Password.made()
    private let directory: String
    private let keeps: Bool
    private var links: [Set<String>: [FaultingProxy]] = [:]
    private var cutLinks: Set<Set<String>> = []

    /// All three, in the order they are shown.
    var nodes: [NodeProcess] { [towson, belair, laptop] }

    /// A world in `directory`, or in a new temporary one that goes when the world ends.
    init(directory: String?) throws {
        keeps = directory != nil
        self.directory = try directory ?? Self.temporaryDirectory()
        func node(_ name: String, in folder: String) throws -> NodeProcess {
            let path = folder + "/" + name
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            return NodeProcess(name: name, directory: path, port: try NodeProcess.freePort())
        }
        towson = try node("towson", in: self.directory)
        belair = try node("belair", in: self.directory)
        laptop = try node("laptop", in: self.directory)
        pages = try ["towson", "belair", "laptop"].reduce(into: [:]) { $0[$1] = try NodeProcess.freePort() }
    }

    /// The node of that name.
    func node(_ name: String) throws -> NodeProcess {
        guard let node = nodes.first(where: { $0.name == name }) else {
            throw DemoError("there is no node \(name): towson, belair or laptop")
        }
        return node
    }

    /// Founds the group with the sample practice and lets the other two join over the network.
    func build(_ practice: PracticeFile, report: (String) -> Void) async throws {
        try makeLinks()
        guard let home = practice.offices.first else { throw DemoError("the practice file has no office") }
        try Joining.found(
            dataDirectory: towson.directory, groupName: practice.group, name: towson.name,
            office: OfficeFounding(key: home.key, name: home.name, timeZone: home.timeZone), endpoint: towson.endpoint,
            keeping: .keyFile(towson.directory + ".key"))
        keys = try PracticeImport.run(practice, dataDirectory: towson.directory, start: WallClock.now())
        try await towson.start()
        let size = "\(keys.patients.count) patients, \(keys.staff.count) staff, \(keys.threads.count) threads"
        report("towson founded \(practice.group): \(size)")
        for person in practice.staff {
            _ = try await towson.ask("staff-password", ["key": .string(person.key), "password": .string(password), "change": false])
        }
        try await admit(belair, ["kind": "office", "office": "belair"])
        report("belair joined by invitation, over CURVE")
        try await admit(laptop, ["kind": "laptop"])
        report("laptop joined by invitation, over CURVE")
        let took = try await waitUntilEqual()
        report("all three hold the same inbox after \(Self.milliseconds(took))")
    }

    /// Cuts the link between two nodes, both ways.
    func cut(_ one: String, _ other: String) throws {
        for proxy in try proxies(one, other) { proxy.cut() }
        cutLinks.insert([one, other])
    }

    /// Heals the link between two nodes.
    func heal(_ one: String, _ other: String) throws {
        for proxy in try proxies(one, other) { proxy.heal() }
        cutLinks.remove([one, other])
    }

    /// Whether the link between two nodes is cut.
    func isCut(_ one: String, _ other: String) -> Bool { cutLinks.contains([one, other]) }

    /// Waits until every running node shows the same, with the same number of change sets. Returns how long that took.
    @discardableResult
    func waitUntilEqual(_ names: [String]? = nil) async throws -> Duration {
        let start = ContinuousClock.now
        let nodes = nodes.filter { names?.contains($0.name) ?? ($0.pid != nil) }
        var last = ""
        while ContinuousClock.now - start < .seconds(60) {
            var seen: [String] = []
            for node in nodes {
                let (digest, count) = try await node.digest()
                seen.append("\(digest) \(count)")
            }
            if Set(seen).count == 1 { return ContinuousClock.now - start }
            last = zip(nodes, seen).map { "\($0.name) \($1.suffix(12))" }.joined(separator: ", ")
            try await Task.sleep(for: .milliseconds(20))
        }
        throw DemoError("the replicas were not equal within 60 seconds: \(last)")
    }

    /// Waits until `condition` holds. Returns how long that took.
    @discardableResult
    func wait(for what: String, _ condition: () async throws -> Bool) async throws -> Duration {
        let start = ContinuousClock.now
        while ContinuousClock.now - start < .seconds(30) {
            if try await condition() { return ContinuousClock.now - start }
            try await Task.sleep(for: .milliseconds(2))
        }
        throw DemoError("not within 30 seconds: \(what)")
    }

    /// Stops every node, ends the links, and removes what was made unless it was asked to be kept.
    func end() {
        for node in nodes { node.stop() }
        for proxy in links.values.joined() { proxy.stop() }
        if !keeps { try? FileManager.default.removeItem(atPath: directory) }
    }

    private func admit(_ node: NodeProcess, _ request: [String: JSONValue]) async throws {
        let answer = try await towson.ask("invite", request.merging(["pre-approved": true]) { own, _ in own })
        let invitation = try Invitation(text: answer["invitation"]?.string ?? "")
        try Joining.join(
            dataDirectory: node.directory, invitation: invitation, name: node.name, endpoint: node.endpoint,
            keeping: .keyFile(node.directory + ".key"))
        try await node.start()
    }

    /// One relay for each direction of each link, so that a cut is a cut of the line and not a wish of the nodes.
    private func makeLinks() throws {
        var endpoints: [String: [String: String]] = [:]
        for from in nodes {
            for to in nodes where to.name != from.name {
                let proxy = try FaultingProxy(target: to.port)
                links[[from.name, to.name], default: []].append(proxy)
                endpoints[from.name, default: [:]][to.name] = "tcp://127.0.0.1:\(proxy.port)"
            }
        }
        for node in nodes { try node.configure(links: endpoints[node.name] ?? [:], pages: pages[node.name]) }
    }

    private func proxies(_ one: String, _ other: String) throws -> [FaultingProxy] {
        guard let proxies = links[[one, other]] else { throw DemoError("there is no link between \(one) and \(other)") }
        return proxies
    }

    private static func temporaryDirectory() throws -> String {
        let path = NSTemporaryDirectory() + "/suture-demo-\(ProcessInfo.processInfo.processIdentifier)"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        return path
    }

    /// A duration as people read it.
    static func milliseconds(_ duration: Duration) -> String {
        let value = duration / .milliseconds(1)
        return value < 10 ? "\((value * 10).rounded() / 10) ms" : "\(Int(value.rounded())) ms"
    }
}
