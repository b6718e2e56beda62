// swift-tools-version:6.1
import PackageDescription

/// Settings of every Swift target. `ARCHITECTURE.md` says why; warnings are mended, not silenced.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

func module(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(of name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.init(stringLiteral: name)] + dependencies, resources: resources,
        swiftSettings: settings)
}

let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let collections = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let tls = Target.Dependency.product(name: "HummingbirdTLS", package: "hummingbird")
let niossl = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let certificates = Target.Dependency.product(name: "X509", package: "swift-certificates")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "suture",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "suture", targets: ["suture"])],
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        // Without its traits: configuration comes from Suture's own files.
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0", traits: []),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    ],
    targets: [
        // System libraries: module maps only; `link` in the map is enough.
        .systemLibrary(name: "CSodium", providers: [.apt(["libsodium-dev"])]),
        .systemLibrary(name: "CZeroMQ", providers: [.apt(["libzmq3-dev"])]),
        .target(name: "CSealedVFS", linkerSettings: [.linkedLibrary("sodium"), .linkedLibrary("sqlite3")]),

        module("Causality", []),
        module("InboxModel", ["Causality"]),
        module("InboxWorkflow", ["InboxModel", "Causality"]),
        module("Vault", ["CSodium"]),
        module("WireProtocol", [protobuf]),
        module("ChangeLog", ["Causality", "InboxModel", "WireProtocol", "Vault", protobuf]),
        module("ReplicaStore", ["Causality", "InboxModel", "Vault", "CSealedVFS", grdb, sqlite]),
        module("SyncEngine", ["Causality", "WireProtocol", "ChangeLog", protobuf]),
        module(
            "OfficeNode",
            [
                "Causality", "InboxModel", "InboxWorkflow", "Vault", "WireProtocol", "ChangeLog", "ReplicaStore",
                "SyncEngine", protobuf,
            ]),
        module("ZeroMQTransport", ["CZeroMQ"]),
        module(
            "NodeService",
            [
                "OfficeNode", "Causality", "InboxModel", "InboxWorkflow", "Vault", "ChangeLog", "ReplicaStore", "SyncEngine",
                "ZeroMQTransport", lifecycle, unixSignals, logging, metrics, yams, collections,
            ]),
        module("PageTemplates", []),
        .target(
            name: "WebInbox",
            dependencies: [
                "PageTemplates", "OfficeNode", "Causality", "InboxModel", "InboxWorkflow", "ReplicaStore", "SyncEngine", "Vault", hummingbird, hummingbirdCore, tls,
                httpTypes, lifecycle, logging, niossl, certificates, crypto,
            ],
            // Templates, style sheet and scripts go into the program: it is one file that runs from anywhere.
            resources: [.embedInCode("Pages"), .embedInCode("Assets")],
            // LLVM, as of Swift 6.3.1, crashes when it optimises asynchronous functions of this module that call throwing ones ("While
            // splitting coroutine"). Swift's own optimiser is fine, and what takes time in a page is mostly in other modules.
            swiftSettings: settings + [.unsafeFlags(["-Xfrontend", "-disable-llvm-optzns"], .when(configuration: .release))]),
        .target(name: "CShadowVFS", linkerSettings: [.linkedLibrary("sqlite3")]),
        module("PlainInbox", ["Causality", "InboxModel"]),
        module(
            "PartitionSimulator",
            [
                "OfficeNode", "Causality", "InboxModel", "Vault", "ChangeLog", "ReplicaStore", "SyncEngine", "PlainInbox",
                "CShadowVFS", yams,
            ]),
        .executableTarget(
            name: "suture",
            dependencies: [
                "Causality", "InboxModel", "InboxWorkflow", "Vault", "WireProtocol", "ChangeLog", "ReplicaStore",
                "SyncEngine", "OfficeNode", "ZeroMQTransport", "NodeService", "WebInbox", "PartitionSimulator",
                arguments, lifecycle, logging, yams,
            ],
            swiftSettings: settings),

        .testTarget(name: "ArchitectureTests", swiftSettings: settings),
        .testTarget(name: "CSealedVFSTests", dependencies: ["CSealedVFS", "CShadowVFS", sqlite], swiftSettings: settings),
        tests(of: "Causality"),
        tests(of: "InboxModel", ["Causality", "PlainInbox"]),
        tests(of: "InboxWorkflow", ["InboxModel", "Causality"]),
        tests(of: "Vault"),
        tests(of: "ChangeLog", ["Causality", "InboxModel", "WireProtocol", "Vault", protobuf]),
        tests(of: "ReplicaStore", ["Causality", "InboxModel", "Vault", grdb]),
        tests(of: "SyncEngine", ["Causality", "InboxModel", "WireProtocol", "ChangeLog", "Vault", protobuf]),
        tests(of: "OfficeNode", ["Causality", "InboxModel", "InboxWorkflow", "ChangeLog", "ReplicaStore", "SyncEngine", "Vault", "PartitionSimulator"]),
        tests(of: "ZeroMQTransport", ["CZeroMQ"]),
        tests(of: "NodeService", ["OfficeNode", "ZeroMQTransport", "Causality", "InboxModel", "ReplicaStore", "Vault"]),
        // swift-mustache is the plain reference that our templates are held against.
        tests(of: "PageTemplates", [mustache]),
        tests(of: "WebInbox", ["OfficeNode", "Causality", "InboxModel", "InboxWorkflow", "ReplicaStore", "Vault", hummingbird, httpTypes]),
        tests(of: "PartitionSimulator", ["OfficeNode", "Causality", "InboxModel", "ChangeLog", "ReplicaStore", "PlainInbox", "Vault"]),
        tests(of: "suture", ["OfficeNode", "NodeService", "ReplicaStore"]),
    ]
)
