/// What the files of `Protocol/vectors` hold; `Protocol/vectors/README.md` says what each is.
enum Vector {
    struct Keys: Codable, Equatable {
        struct Label: Codable, Equatable {
            let label: String
            let encoded: Hex
            /// The hash of the label and nothing else.
            let hashOfNothing: Hex
        }
        struct Member: Codable, Equatable {
            let name: String
            let signingSeed: Hex
            let signingKey: Hex
            let memberID: Hex
            let boxSecret: Hex
            let boxKey: Hex
            let curveSecret: Hex
            let curveKey: Hex
            let curveKeyZ85: String
            let record: Hex
        }
        struct Epoch: Codable, Equatable {
            let key: Hex
            let epochID: Hex
        }
        let labels: [Label]
        let members: [Member]
        let genesis: Hex
        let groupID: Hex
        let epochs: [Epoch]
        let contentKey: Hex
    }

    struct Clocks: Codable, Equatable {
        struct Entry: Codable, Equatable {
            let replica: Hex
            let sequence: Wide
            let tag: Hex?
        }
        struct Packed: Codable, Equatable {
            let form: String
            let entries: [Entry]
            let packed: Hex
        }
        struct Refused: Codable, Equatable {
            let why: String
            let packed: Hex
        }
        struct Head: Codable, Equatable {
            let replica: Hex
            let sequence: Wide
            let hash: Hex
        }
        struct DigestOfClock: Codable, Equatable {
            let heads: [Head]
            let hashed: Hex
            let digest: Hex
            /// The same heads as sealed logs.
            let sealed: Hex
        }
        struct Timestamp: Codable, Equatable {
            let milliseconds: Wide
            let counter: Int
            let value: Wide
        }
        let packed: [Packed]
        let refused: [Refused]
        let digests: [DigestOfClock]
        let timestamps: [Timestamp]
    }

    struct Change: Codable, Equatable {
        let name: String
        /// Protobuf's JSON form of `ChangeSetBody`.
        let body: JSONTree
        let bytes: Hex
    }

    struct RefusedBody: Codable, Equatable {
        let name: String
        let bytes: Hex
    }

    struct Changes: Codable, Equatable {
        let dotReplica: Hex
        let dotSequence: Wide
        let bodies: [Change]
        /// Readable, but with a change that this version does not know, at these places.
        let unknown: [Unknown]
        let refused: [RefusedBody]

        struct Unknown: Codable, Equatable {
            let name: String
            let bytes: Hex
            let changes: Int
            let unknownAt: [Int]
        }
    }

    struct Content: Codable, Equatable {
        let key: String
        let plaintext: Hex
        let nonce: Hex
        let associatedData: Hex
        let sealed: Hex
        let digest: Hex
    }

    struct Link: Codable, Equatable {
        let sequence: Wide
        let previousHash: Hex
        let rosterChanges: Hex?
        let rosterDigest: Hex
        let body: Hex?
        let bodyJSON: JSONTree?
        let nonce: Hex?
        let associatedData: Hex?
        let sealedChanges: Hex?
        let changesDigest: Hex
        let contents: [Content]
        let header: Hex
        let hash: Hex
        let signature: Hex
        let runEntry: Hex
    }

    struct Chain: Codable, Equatable {
        let group: Hex
        let replica: Hex
        let author: Hex
        let epoch: Hex
        let changeSets: [Link]
    }

    struct Run: Codable, Equatable {
        let name: String
        let anchorSequence: Wide
        let anchorHash: Hex
        let frame: Hex
        let headSequence: Wide
        let headHash: Hex
        /// Numbers of the contents that were destroyed, as `sequence/index`.
        let destroyed: [String]
    }

    struct Refusal: Codable, Equatable {
        let name: String
        let why: String
        let anchorSequence: Wide
        let anchorHash: Hex
        /// The epoch key at hand: 0 or 1 of `keys.json`.
        let epoch: Int
        /// The member that the roster names as the author: 0 or 1 of `keys.json`.
        let author: Int
        let frame: Hex
        let expected: String
    }

    struct ContentRefusal: Codable, Equatable {
        let name: String
        let sequence: Wide
        let index: Int
        let key: String
        let runEntry: Hex
        let expected: String
    }

    struct Refusals: Codable, Equatable {
        let runs: [Refusal]
        let contents: [ContentRefusal]
    }

    struct Membership: Codable, Equatable {
        struct Grant: Codable, Equatable {
            let epochKey: Hex
            let boxSecret: Hex
            let sealedKey: Hex
            let record: Hex
        }
        struct Join: Codable, Equatable {
            let member: Hex
            let digest: Hex
            let signature: Hex
            let frame: Hex
        }
        struct Code: Codable, Equatable {
            let group: Hex
            let member: Hex
            let inviter: Hex
            let deviceNonce: Hex
            let inviterNonce: Hex
            let commitment: Hex
            let digits: String
            let challenge: Hex
            let reveal: Hex
            let waiting: Hex
        }
        struct Invitation: Codable, Equatable {
            let text: String
            let message: Hex
            let json: JSONTree
            let singleUseSecret: Hex
            let singleUseKey: Hex
        }
        let grant: Grant
        let join: Join
        let code: Code
        let welcome: Hex
        let invitation: Invitation
        let rosterChanges: Hex
        let rosterChangesJSON: JSONTree
        /// One frame of each kind, with protobuf's JSON form.
        let frames: [Frame]

        struct Frame: Codable, Equatable {
            let kind: String
            let bytes: Hex
            let json: JSONTree
        }
    }
}
