import Causality
import InboxModel
import InboxWorkflow
import OfficeNode
import PartitionSimulator
import ReplicaStore
import Testing

@Suite("Working while apart")
struct PartitionStoryTests {
    @Test("two offices claim one thread while apart: contested on both, told on both, settled by one who saw both")
    func contested() throws {
        let clinic = try Clinic()
        let thread = try clinic.openThread()
        clinic.cutOffices()
        try clinic.act(.claim, on: thread, as: clinic.ana, at: clinic.towson)
        clinic.group.run(for: 1_000)
        try clinic.act(.claim, on: thread, as: clinic.surgeon, at: clinic.belair)
        #expect(!(try clinic.page(of: thread, at: clinic.belair).item.flags.contains(.contested)), "nobody can know yet")
        try clinic.heal()

        let owners: [Owner] = [.staff(clinic.practice.offices[0].frontDesk), .staff(clinic.practice.offices[0].surgeon)]
        for node in [clinic.towson, clinic.belair] {
            let page = try clinic.page(of: thread, at: node)
            #expect(page.item.flags.contains(.contested))
            #expect(page.state.claimants == owners, "the earlier claim is in force")
            #expect(page.item.claimants == ["Front desk Towson", "Surgeon Towson"])
            #expect(page.entries.filter { $0.wasApart }.count == 1)
            #expect(node.notices == [.contested(thread, claimants: owners)])
        }
        let shown = try clinic.page(of: thread, at: clinic.belair).state.clock
        try clinic.act(.claim, on: thread, as: clinic.surgeon, at: clinic.belair, shown: shown)
        try #require(clinic.group.runUntilQuiet())
        for node in [clinic.towson, clinic.belair] {
            #expect(try clinic.page(of: thread, at: node).state.owner == owners[1])
            #expect(!(try clinic.page(of: thread, at: node).item.flags.contains(.contested)))
            #expect(node.notices.last == .settled(thread, owner: owners[1]))
        }
        try clinic.expectEqualInboxes()
    }

    @Test("a supervisor's assignment comes before claims made while apart")
    func assignmentWins() throws {
        let clinic = try Clinic()
        let thread = try clinic.openThread()
        clinic.cutOffices()
        try clinic.act(.claim, on: thread, as: clinic.ana, at: clinic.towson)
        clinic.group.run(for: 1_000)
        let assigned = Owner.staff(clinic.practice.onCall)
        try clinic.act(.assign(to: assigned, note: ""), on: thread, as: clinic.admin, at: clinic.belair)
        try clinic.heal()
        for node in [clinic.towson, clinic.belair] {
            let state = try clinic.page(of: thread, at: node).state
            #expect(state.owner == assigned)
            #expect(state.claimants == [assigned, .staff(clinic.practice.offices[0].frontDesk)])
        }
    }

    @Test("a third claim on a thread that two contest already is news for everybody")
    func threeClaims() throws {
        let clinic = try Clinic(laptop: true)
        let laptop = try #require(clinic.laptop)
        let thread = try clinic.openThread()
        clinic.group.partition([[clinic.towson], [clinic.belair], [laptop]])
        clinic.group.run(for: clinic.group.noticeDelay + 100)
        try clinic.act(.claim, on: thread, as: clinic.ana, at: clinic.towson)
        try clinic.act(.claim, on: thread, as: clinic.surgeon, at: clinic.belair)
        try clinic.act(.claim, on: thread, as: clinic.onCall, at: laptop)
        clinic.group.heal(clinic.towson, clinic.belair)
        try #require(clinic.group.run(limit: 60_000) { clinic.towson.notices.count == 1 && clinic.belair.notices.count == 1 })
        try clinic.heal()
        for node in clinic.group.nodes {
            guard case .contested(thread, let claimants)? = node.notices.last else {
                return #expect(Bool(false), "\(node.name) was not told of the third claim")
            }
            #expect(Set(claimants).count == 3)
        }
        #expect(clinic.towson.notices.count == 2)
    }

    @Test("an offer that takes the place of another is news for the one who is asked now")
    func secondOffer() throws {
        let clinic = try Clinic()
        let thread = try clinic.openThread()
        try clinic.act(.claim, on: thread, as: clinic.ana, at: clinic.towson)
        let asked: [Owner] = [.staff(clinic.practice.offices[0].surgeon), .staff(clinic.practice.onCall)]
        for owner in asked {
            try clinic.act(.offer(to: owner, note: ""), on: thread, as: clinic.ana, at: clinic.towson)
            // What arrives together is one piece of news: that of the offer that stands.
            try #require(clinic.group.runUntilQuiet())
        }
        for node in [clinic.towson, clinic.belair] {
            #expect(node.notices == asked.map { .offered(thread, to: $0) })
        }
    }

    @Test("a message that the resolver had not seen keeps the thread open, and people are told")
    func resolvedUnseen() throws {
        let clinic = try Clinic()
        let thread = try clinic.openThread()
        clinic.cutOffices()
        try clinic.act(.resolve(outcome: "booked", told: .told, note: ""), on: thread, as: clinic.ana, at: clinic.towson)
        let message = ThreadCommand.patientMessage(.portal, text: "It is bleeding.")
        try clinic.act(message, on: thread, as: .patient(clinic.patient), at: clinic.belair)
        try clinic.heal()
        for node in [clinic.towson, clinic.belair] {
            let page = try clinic.page(of: thread, at: node)
            #expect(page.item.status != .resolved)
            #expect(page.item.flags.isSuperset(of: [.unseenByResolver, .needsReply]))
            #expect(page.entries.contains { $0.text == "It is bleeding." })
            #expect(node.notices.contains(.unseenByResolver(thread)))
        }
        try clinic.expectEqualInboxes()
    }

    @Test("two answers to one message, sent apart, are flagged until somebody who saw both says so")
    func answeredTwice() throws {
        let clinic = try Clinic()
        let thread = try clinic.openThread()
        clinic.cutOffices()
        try clinic.act(.reply(.sms, text: "Friday at nine.", override: false), on: thread, as: clinic.ana, at: clinic.towson)
        try clinic.act(.reply(.sms, text: "Friday at two.", override: false), on: thread, as: clinic.surgeon, at: clinic.belair)
        try clinic.heal()
        for node in [clinic.towson, clinic.belair] {
            let page = try clinic.page(of: thread, at: node)
            #expect(page.item.flags.contains(.answeredTwice))
            #expect(page.state.messageCount == 3, "both replies are kept")
            #expect(node.notices == [.answeredTwice(thread)])
        }
        try clinic.act(.acknowledgeAnsweredTwice, on: thread, as: clinic.ana, at: clinic.towson)
        try #require(clinic.group.runUntilQuiet())
        #expect(try clinic.page(of: thread, at: clinic.belair).item.flags.isEmpty)
    }

    @Test("a thread filed under two categories while apart shows the more urgent one and says so")
    func filedTwice() throws {
        let clinic = try Clinic()
        let thread = try clinic.openThread()
        clinic.cutOffices()
        try clinic.act(.setCategory(clinic.practice.medication), on: thread, as: clinic.ana, at: clinic.towson)
        clinic.group.run(for: 1_000)
        try clinic.act(.setCategory(clinic.practice.scheduling), on: thread, as: clinic.surgeon, at: clinic.belair)
        try clinic.heal()
        for node in [clinic.towson, clinic.belair] {
            let item = try clinic.page(of: thread, at: node).item
            #expect(item.category == "Medication")
            #expect(item.flags.isSuperset(of: [.filedTwice, .clinicalReview]))
            #expect(node.notices == [.filedTwice(thread)])
        }
    }

    @Test("details of a patient written apart are both kept, and shown as a conflict")
    func patientConflict() throws {
        let clinic = try Clinic()
        clinic.cutOffices()
        let (one, other) = (PatientDetails(name: "Nia", phone: "1"), PatientDetails(name: "Nia", phone: "2"))
        try clinic.group.perform(.putPatient(clinic.patient, one, shown: nil), at: clinic.towson, by: clinic.ana)
        clinic.group.run(for: 1_000)
        try clinic.group.perform(.putPatient(clinic.patient, other, shown: nil), at: clinic.belair, by: clinic.surgeon)
        try clinic.heal()
        for node in [clinic.towson, clinic.belair] {
            let state = try #require(try node.reader.store.patient(clinic.patient))
            #expect(state.isConflicted)
            #expect(Set(state.details.entries.map(\.value.phone)) == ["1", "2"])
            #expect(state.shown?.phone == "2")
        }
    }

    @Test("what a stale page shows decides what an action supersedes, whatever its node has merged since")
    func stalePage() throws {
        let clinic = try Clinic()
        let thread = try clinic.openThread()
        let shown = try clinic.page(of: thread, at: clinic.belair).state.clock
        try clinic.act(.setPriority(.urgent), on: thread, as: clinic.ana, at: clinic.towson)
        try clinic.act(.claim, on: thread, as: clinic.ana, at: clinic.towson)
        try #require(clinic.group.runUntilQuiet())
        try clinic.act(.setPriority(.low), on: thread, as: clinic.surgeon, at: clinic.belair, shown: shown)
        try clinic.act(.claim, on: thread, as: clinic.surgeon, at: clinic.belair, shown: shown)
        try #require(clinic.group.runUntilQuiet())
        for node in [clinic.towson, clinic.belair] {
            let item = try clinic.page(of: thread, at: node).item
            #expect(item.priority == .urgent, "a raise that was not seen is not lowered")
            #expect(item.flags.contains(.contested), "a claim that was not seen is not overruled")
        }
    }

    @Test("the laptop answers from cover: it works alone, and the offices have its answer when it is back")
    func laptopFromCover() throws {
        let clinic = try Clinic(laptop: true)
        let laptop = try #require(clinic.laptop)
        let thread = try clinic.openThread(category: clinic.practice.medication, text: "My face is swollen.")
        clinic.group.isolate(laptop)
        clinic.group.run(for: 8 * 3_600_000)
        #expect(try laptop.reader.search("swollen").count == 1)
        try clinic.act(.claim, on: thread, as: clinic.onCall, at: laptop)
        try clinic.act(.reply(.phone, text: "Come in at once.", override: false), on: thread, as: clinic.onCall, at: laptop)
        #expect(try clinic.page(of: thread, at: clinic.towson).item.status == .queued)
        try clinic.heal()
        for node in clinic.group.nodes {
            let page = try clinic.page(of: thread, at: node)
            #expect(page.item.owner == "On-call clinician")
            #expect(page.item.status == .waitingOnPatient)
            #expect(page.entries.last?.text == "Come in at once.")
            #expect(page.entries.last?.office == "", "a laptop belongs to no office")
        }
        try clinic.expectEqualInboxes()
    }

    /// The demonstration of the whole: live delivery, cut, two claims, a message during a resolution, an answer from cover, heal.
    @Test("the story of a partition, from live delivery to equal digests with nothing lost")
    func story() throws {
        let clinic = try Clinic(laptop: true)
        let laptop = try #require(clinic.laptop)
        let claimed = try clinic.openThread(subject: "Insurance", text: "Which card do I bring?")
        let resolved = try clinic.openThread(at: clinic.belair, office: 1, subject: "Parking", text: "Where do I park?")
        let clinical = try clinic.openThread(category: clinic.practice.medication, subject: "Pain", text: "It throbs.")
        for node in clinic.group.nodes { #expect(try node.reader.list(.init(.open)).count == 3, "live delivery to \(node.name)") }

        clinic.group.partition([[clinic.towson], [clinic.belair], [laptop]])
        clinic.group.run(for: 600_000)
        let admin = clinic.admin
        try clinic.act(.claim, on: claimed, as: clinic.ana, at: clinic.towson)
        try clinic.act(.claim, on: claimed, as: admin, at: clinic.belair)
        try clinic.act(.resolve(outcome: "answered", told: .told, note: ""), on: resolved, as: clinic.bo, at: clinic.belair)
        let patient = Actor.patient(clinic.patient)
        try clinic.act(.patientMessage(.sms, text: "And on Sundays?"), on: resolved, as: patient, at: clinic.towson)
        let advice = ThreadCommand.reply(.sms, text: "Cool it, call if it gets worse.", override: false)
        try clinic.act(advice, on: clinical, as: clinic.onCall, at: laptop)
        #expect(Set(try clinic.group.digests()).count == 3)
        try clinic.heal()

        try clinic.expectEqualInboxes()
        for node in clinic.group.nodes {
            #expect(try node.reader.list(.init(.contested)).map(\.id) == [claimed])
            #expect(try clinic.page(of: resolved, at: node).item.flags.contains(.unseenByResolver))
            #expect(try clinic.page(of: clinical, at: node).item.status == .waitingOnPatient)
            #expect(try node.reader.store.statistics().messages == 5)
            #expect(try node.reader.verifyLogs().isSound)
        }
    }
}
