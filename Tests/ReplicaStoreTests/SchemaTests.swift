import GRDB
import Testing

@testable import ReplicaStore

@Suite("Schema")
struct SchemaTests {
    @Test("Every table of ours is strict")
    func strict() throws {
        let store = try ReplicaStore(.memory)
        let loose = try store.withDatabase { database in
            try String.fetchAll(
                database,
                sql: """
                    SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0
                    AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'grdb_%'
                    """)
        }
        #expect(loose == [])
    }

    @Test("A value of another type is refused")
    func refusesOtherTypes() throws {
        let store = try ReplicaStore(.memory)
        #expect(throws: DatabaseError.self) {
            try store.withDatabase { try $0.execute(sql: "INSERT INTO log VALUES (1, 'text', 1, x'00', x'00')") }
        }
    }

    @Test("The file carries the program's mark and format, and the settings that the store relies on")
    func settings() throws {
        let directory = try TemporaryDirectory()
        let store = try ReplicaStore(.file(directory.path()))
        let values = try store.withDatabase { database in
            try ["application_id", "user_version", "journal_mode", "secure_delete", "mmap_size", "temp_store", "page_size"]
                .map { try String.fetchOne(database, sql: "PRAGMA \($0)") ?? "" }
        }
        #expect(values == ["\(0x5355_5455)", "\(ReplicaStore.formatVersion)", "wal", "1", "0", "2", "4096"])
    }

    @Test("Durability decides what a commit waits for", arguments: [(Durability.full, 2), (.normal, 1)])
    func durability(_ durability: Durability, synchronous: Int) throws {
        let directory = try TemporaryDirectory()
        let store = try ReplicaStore(.file(directory.path()))
        for other in [Durability.normal, .full] { try store.write(other) { try $0.set([1], for: "key") } }
        try store.write(durability) { try $0.set([2], for: "key") }
        #expect(try store.withDatabase { try Int.fetchOne($0, sql: "PRAGMA synchronous") } == synchronous)
    }

    @Test("Daily lists are answered from the index of listed threads in its order, without sorting everything")
    func plans() throws {
        let store = try ReplicaStore(.memory)
        let plan = try store.withDatabase { database in
            try ["listed = 1 AND status < 4 AND flags & 16 <> 0", "listed = 1 AND (rank, due, activity, id) > (1, 2, 3, x'00')"].map {
                try Row.fetchAll(
                    database,
                    sql: """
                        EXPLAIN QUERY PLAN SELECT rank, due, activity, id, state FROM thread INDEXED BY thread_work
                        WHERE \($0) ORDER BY rank, due, activity, id LIMIT 50
                        """
                ).map { row -> String in row["detail"] }.joined(separator: "; ")
            }
        }
        for detail in plan {
            #expect(detail.contains("thread_work"))
            #expect(!detail.contains("TEMP B-TREE FOR ORDER BY"), "\(detail)")
        }
    }
}
