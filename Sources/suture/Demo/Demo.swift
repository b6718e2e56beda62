import ArgumentParser
import Foundation
import NodeService

/// `suture demo`: three real nodes and a Friday evening.
struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Plays a partition between two offices and a laptop, on real nodes.",
        discussion: """
            Starts three node processes on loopback with a sample practice, cuts the line between them, lets both offices act on the \
            same threads, heals, and shows what merged and what people are told.

            Example: suture demo --once
            """)

    @Flag(help: "Play the story and end. Exit status 0 only if every replica ended equal and nothing was lost.")
    var once = false

    @Option(help: "Keep the nodes' data in this new folder; without it a temporary one is used and removed.")
    var directory: String?

    @Option(help: "The sample practice.")
    var practice: String?

    @Flag(name: .customLong("no-color"), help: "No colours.")
    var noColor = false

    func run() async throws {
        let narrator = Narrator(terminal: Terminal.output(noColor: noColor))
        let file = try PracticeFile(path: practice ?? Self.defaultPractice())
        let world = try DemoWorld(directory: directory)
        defer { world.end() }
        narrator.chapter("Three nodes")
        try await world.build(file) { narrator.say($0) }
        var story = DemoStory(world: world, narrator: narrator)
        try await story.play()
        narrator.end("Every replica ended equal and nothing was lost.")
        if !once { await DemoShell(world: world, narrator: narrator).run() }
    }

    /// `Config/demo/practice.yaml` of the checkout: named by the launcher, or found above the program.
    static func defaultPractice() throws -> String {
        let place = "Config/demo/practice.yaml"
        var candidates = [place]
        if let home = ProcessInfo.processInfo.environment["SUTURE_HOME"] { candidates.insert(home + "/" + place, at: 0) }
        var folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        for _ in 0..<6 {
            folder.deleteLastPathComponent()
            candidates.append(folder.appendingPathComponent(place).path)
        }
        guard let found = candidates.first(where: { FileManager.default.fileExists(atPath: $0) }) else {
            throw DemoError("the sample practice is not here: run from a checkout, or name the file with --practice")
        }
        return found
    }
}
