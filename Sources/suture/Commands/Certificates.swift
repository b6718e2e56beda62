import ArgumentParser
import Causality
import Foundation
import InboxModel
import NodeService
import WebInbox

/// `suture certificate`.
struct Certificates: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "certificate", abstract: "The certificate authority of the group's pages.",
        discussion: """
            An administrator's node makes it when it first serves pages. People have their browser trust it once; every office's node \
            signs the certificate of its own pages with it.

            Example: suture certificate show
            """,
        subcommands: [Show.self, Rotate.self], defaultSubcommand: Show.self)

    /// `suture certificate show`.
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show whom browsers are to trust, with the fingerprint that people compare.",
            discussion: "Example: suture certificate show --pem > group.crt")

        @Flag(help: "Print the certificate of the one in force, as PEM.")
        var pem = false

        @OptionGroup var node: NodeOptions

        func run() async throws {
            let answer = try await node.ask("authorities")
            let view = try AuthoritiesView(answer, now: Date())
            if pem {
                guard let current = view.lines.first(where: \.isInForce) else { throw CommandFailure(AuthoritiesView.none) }
                print(try current.certificate.pem)
                return
            }
            node.show(answer) { _ in view.text }
        }
    }

    /// `suture certificate rotate`.
    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a new authority, which takes over from the one in force.",
            discussion: """
                Do it when a device that was a member is lost or was shut out (it knows the key), and when an office serves its pages \
                under a name that the authority may not vouch for. Everybody has to trust the new one; it takes over after --days.

                Example: suture certificate rotate --name belair.example.net --as dana
                """)

        @Option(
            name: .customLong("name"),
            help: ArgumentHelp(
                "A domain it may vouch for, with all below it, beside those it may now. May be repeated.", valueName: "domain"))
        var names: [String] = []

        @Option(help: "Days until it takes over, so that people can trust it before. 0 for at once: the key is in wrong hands.")
        var days = 14

        @OptionGroup var actor: ActorOption
        @OptionGroup var node: NodeOptions

        func validate() throws {
            guard (0...365).contains(days) else { throw ValidationError("--days takes 0 to 365") }
            for name in names where !Self.isDomain(name) {
                throw ValidationError("--name: found '\(name)', expected a domain such as example.net or belair.example.net")
            }
        }

        func run() async throws {
            let status = try await node.ask("status")
            let before = try AuthoritiesView(try await node.ask("authorities"), now: Date())
            let known = try before.lines.first?.certificate.domains ?? []
            let now = Date()
            let made = try PageAuthority.ofGroup(
                status.text("group"), names: Set(known + names.map { $0.lowercased() }).sorted(), now: now)
            let begins = Int64((now.timeIntervalSince1970 + Double(days) * 86_400) * 1000)
            let profile = try made.profile(generation: 0, begins: begins)
            let answer = try await node.ask(
                "authority-put",
                [
                    "certificate": .string(Hexadecimal.string(of: profile.certificate)),
                    "key": .string(Hexadecimal.string(of: profile.key)), "begins": .int(Int(begins)), "as": .optional(actor.staff),
                ])
            let fingerprint = try made.certificate.fingerprint
            let when = days == 0 ? "at once" : "in \(days) days"
            node.show(answer) { _ in
                "the new authority takes over \(when); have every browser trust it (/trust on any office's pages)\n  \(fingerprint)\n"
            }
        }

        /// Two labels or more: vouching for a whole top-level domain would be vouching for strangers.
        private static func isDomain(_ name: String) -> Bool {
            let labels = name.split(separator: ".", omittingEmptySubsequences: false)
            return labels.count >= 2 && name.utf8.count <= 253
                && labels.allSatisfy { label in
                    !label.isEmpty && label.utf8.count <= 63 && label.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
                }
        }
    }
}

/// The authorities that a node knows, for the terminal.
struct AuthoritiesView {
    /// One of them.
    struct Line {
        let certificate: AuthorityCertificate
        let isInForce: Bool
        let isComing: Bool
        let begins: Date
    }

    static let none = "the group has no authority yet: it is made when an administrator's node first serves pages with TLS"

    let lines: [Line]
    /// Devices that were shut out after the authority in force was made.
    let shutOut: [String]

    init(_ answer: JSONValue, now: Date) throws {
        lines = try answer.list("authorities").map { one in
            Line(
                certificate: try AuthorityCertificate(der: Hexadecimal.bytes(of: one.text("certificate")) ?? []),
                isInForce: one.flag("inForce"), isComing: one.flag("coming"),
                begins: Date(timeIntervalSince1970: Double(one.moment("begins") ?? 0) / 1000))
        }
        // One that is to take over was made knowing of everybody who was shut out before it.
        let made = (lines.first(where: \.isComing) ?? lines.first(where: \.isInForce))?.certificate.made ?? now
        shutOut = answer.list("shutOut").filter {
            Double($0.moment("at") ?? 0) / 1000 > made.timeIntervalSince1970
        }.map { $0.text("name") }
    }

    var text: String {
        guard !lines.isEmpty else { return Self.none + "\n" }
        var text = ""
        for line in lines {
            let state = line.isInForce ? "in force" : line.isComing ? "takes over on \(Self.day(line.begins))" : "replaced"
            text += "\(state), made \(Self.day(line.certificate.made)), until \(Self.day(line.certificate.end))\n"
            text += "  SHA-256 \((try? line.certificate.fingerprint) ?? "cannot be read")\n"
            text += "  vouches for private addresses and \(((try? line.certificate.domains) ?? []).joined(separator: ", "))\n"
        }
        if !shutOut.isEmpty {
            text += """
                warning: \(shutOut.joined(separator: ", ")) was shut out since and knows the authority's key: \
                run `suture certificate rotate --days 0`\n
                """
        }
        return text
    }

    private static func day(_ date: Date) -> String { String(date.ISO8601Format().prefix(10)) }
}
