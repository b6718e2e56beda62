extension FaultEpisode {
    /// Where and by whom the two things are done that meet.
    private struct Sides {
        var one: String
        var other: String
        var onePerson: String
        var otherPerson: String
    }

    /// How long before the two things happen the thread is opened.
    private static let lead: Int64 = 120_000

    /// Two people act at the same time, unaware of each other: at the same moment, behind a cut, or right after one.
    mutating func peopleEvents() -> [ScenarioEvent] {
        guard left > 2 * Self.lead, drawing.isFree(name), let sides = sides() else { return [] }
        let thread = name
        var opening = Deed(.open, at: sides.one, thread: thread)
        opening.patient = random.number(in: 0...drawing.scenario.patients - 1)
        var events = [event(.deed(opening))]
        let place = random.number(in: 0...2)
        let cut = min(left - Self.lead, random.length(in: 60_000...1_200_000))
        let apart = random.length(in: 1_000...30_000)
        var meet = Self.lead
        switch place {
        case 0: events.append(event(.isolate(sides.other, for: cut), after: Self.lead - 10_000))
        case 1: events.append(event(.isolate(sides.other, for: Self.lead - 60_000), after: 60_000))
        default: break
        }
        // Right after a cut there is still something to catch up with; behind a cut it may take longer until the other one acts.
        if place == 1 {
            let note = Deed(.note, at: sides.one, thread: thread, by: sides.onePerson)
            events.append(event(.deed(note), after: 90_000))
            meet += random.length(in: 200...3_000)
        }
        let pause = place == 0 ? min(apart, cut / 2) : 0
        events += deeds(sides, thread).enumerated().map { index, deed in
            event(.deed(deed), after: meet + (index == 0 ? 0 : pause), shows: fault)
        }
        return events + before(sides, thread)
    }

    private func sides() -> Sides? {
        guard let one = node("one", among: drawing.offices), let other = node("other", except: drawing.relays + [one]) else { return nil }
        let isOffice = drawing.offices.contains(other)
        return Sides(one: one, other: other, onePerson: "desk-\(one)", otherPerson: isOffice ? "surgeon-\(other)" : "oncall")
    }

    /// What must have happened for the two things to be possible.
    private func before(_ sides: Sides, _ thread: String) -> [ScenarioEvent] {
        let claim = Deed(.claim, at: sides.one, thread: thread, by: sides.onePerson)
        switch fault {
        case .escalationMeetsHandOff, .ownerLeaves: return [event(.deed(claim), after: 30_000)]
        case .mergeMeetsEdit:
            return [event(.deed(Deed(.open, at: sides.one, thread: "\(thread)-again")), after: 10_000)]
        case .holdMeetsPurge, .purgeMeetsCorrection:
            return [event(.deed(Deed(.resolve, at: sides.one, thread: thread, by: sides.onePerson)), after: 30_000)]
        case .stalePage:
            return [event(.deed(Deed(.look, at: sides.other, thread: thread, by: sides.otherPerson)), after: 30_000)]
        default: return []
        }
    }

    /// The two things, or the one that is done twice.
    private func deeds(_ sides: Sides, _ thread: String) -> [Deed] {
        func here(_ verb: Deed.Verb, by person: String? = nil) -> Deed {
            Deed(verb, at: sides.one, thread: thread, by: person ?? sides.onePerson)
        }
        func there(_ verb: Deed.Verb) -> Deed { Deed(verb, at: sides.other, thread: thread, by: sides.otherPerson) }
        switch fault {
        case .twoClaims: return [here(.claim), there(.claim)]
        case .claimMeetsResolve: return [here(.claim), there(.resolve)]
        case .messageMeetsResolve: return [Deed(.patientMessage, at: sides.one, thread: thread), there(.resolve)]
        case .reassignMeetsClaim:
            var assign = here(.assign, by: "admin")
            assign.to = "surgeon-\(sides.one)"
            return [assign, there(.claim)]
        case .mergeMeetsEdit:
            var merge = here(.merge)
            merge.to = "\(thread)-again"
            var tag = there(.tag)
            tag.value = "call back"
            return [merge, tag]
        case .escalationMeetsHandOff:
            var offer = here(.offer)
            offer.to = "surgeon-\(sides.one)"
            var escalate = there(.escalate)
            escalate.value = "2"
            return [offer, escalate]
        case .holdMeetsPurge: return [here(.purge, by: "admin"), Deed(.hold, at: sides.other, thread: thread, by: "admin")]
        case .purgeMeetsCorrection: return [here(.purge, by: "admin"), there(.correct)]
        case .ownerLeaves:
            var leave = Deed(.leave, at: sides.one, thread: "", by: "admin")
            leave.to = sides.onePerson
            return [leave, there(.note)]
        case .doubleClick:
            var claim = here(.claim)
            claim.times = 2
            var reply = there(.reply)
            reply.times = 2
            return [claim, reply]
        default:
            var reply = there(.reply)
            reply.page = .looked
            return [Deed(.patientMessage, at: sides.one, thread: thread), reply]
        }
    }
}
