import Causality
import InboxModel
import InboxWorkflow
import OfficeNode
import ReplicaStore

/// A patient's record as its page shows it to one person.
struct PatientView {
    let state: PatientState
    let details: PatientDetails
    let page: PageRequest

    func model(patient: [String: Any], rows: () throws -> [String: Any]) throws -> [String: Any] {
        let office = details.office ?? page.access.profile.offices.first
        let mayEdit = page.access.decision(.editPatient, office: office).isAllowed
        var model = try rows()
        model["patient"] = patient
        model["shown"] = state.clock.pageText
        model["facts"] = Self.facts(details, page)
        model["canEdit"] = mayEdit
        model["fields"] = PatientFields(page).model(details)
        model["canOpen"] = page.access.decision(.openThread, office: page.access.profile.offices.first).isAllowed
        model["purposes"] = ConsentPurpose.allCases.map { ["name": Self.name(of: $0)] }
        model["consents"] = consents
        model["canConsent"] = page.access.decision(.editConsent, office: office).isAllowed
        model["linked"] = try linked(mayEdit)
        model["alike"] = try Self.alike(details, besides: state, page)
        model["canLink"] = mayEdit
        if state.isConflicted {
            model["isConflicting"] = true
            model["versions"] = versions
        }
        if let until = page.session.openedRecords[state.id], until > page.now {
            model["glass"] = ["until": PageTime(for: page).clock(until), "reason": "as recorded"]
        }
        return model
    }

    static func facts(_ details: PatientDetails, _ page: PageRequest) -> [[String: Any]] {
        let facts: [(String, String)] = [
            ("Born", details.born), ("Telephone", details.phone), ("E-mail", details.email),
            ("Language", LanguageWords.name(of: details.language)), ("Reached", ChannelWords.way(details.channel)),
            ("Usual office", details.office.map { page.directory.name(of: $0) } ?? ""),
        ]
        return facts.filter { !$0.1.isEmpty }.map { ["name": $0.0, "value": $0.1] }
    }

    /// The versions written while apart, each with when it was written and only what the shown one does not say too.
    private var versions: [[String: Any]] {
        let time = PageTime(for: page)
        let shown = state.details.latest
        let all = state.details.entries.sorted { $0.stamp < $1.stamp }
        return all.map { entry -> [String: Any] in
            var facts = Self.facts(entry.value, page)
            if entry.value.name != details.name { facts.insert(["name": "Name", "value": entry.value.name], at: 0) }
            return ["words": "Written \(time.long(entry.stamp.timestamp.milliseconds))", "facts": facts, "isShown": entry == shown]
        }
    }

    private static func name(of purpose: ConsentPurpose) -> String {
        switch purpose {
        case .care: "Care"
        case .reminders: "Reminders"
        case .billing: "Billing"
        }
    }

    private var consents: [[String: Any]] {
        let time = PageTime(for: page)
        return [Channel.portal, .sms, .email, .phone].map { channel -> [String: Any] in
            let name = ChannelWords.way(channel)
            return [
                "channel": name.prefix(1).uppercased() + name.dropFirst(),
                "cells": ConsentPurpose.allCases.map { purpose -> [String: Any] in
                    let scope = ConsentScope(channel, purpose)
                    let entry = state.consents.first { $0.scope == scope }
                    let isGranted = state.consent(in: scope)
                    var cell: [String: Any] = [
                        "purpose": Self.name(of: purpose), "channelValue": ChannelWords.value(of: channel), "purposeValue": "\(purpose)",
                        "isGranted": isGranted == true, "isWithdrawn": isGranted == false,
                        "isApart": Set(entry?.values.entries.map(\.value) ?? []).count > 1, "words": false,
                    ]
                    if let last = entry?.values.latest { cell["words"] = time.short(last.stamp.timestamp.milliseconds) }
                    return cell
                },
            ]
        }
    }

    private func linked(_ mayEdit: Bool) throws -> [[String: Any]] {
        try state.links.map { link in
            let other = try page.reader.store.patient(link.patient)?.shown
            return [
                "name": other?.name ?? "a record that has not arrived", "url": "/patients/\(link.patient)", "words": "the same person",
                "other": "\(link.patient)", "canUnlink": mayEdit,
            ]
        }
    }

    /// Records that may be the same person: of the same name, or with the same birth date and telephone number.
    static func alike(_ details: PatientDetails, besides state: PatientState?, _ page: PageRequest) throws -> [[String: Any]] {
        let linked = Set(state?.links.map(\.patient) ?? [])
        return try page.reader.store.patients(matching: details.name, limit: 20).compactMap { other -> [String: Any]? in
            guard other.id != state?.id, !linked.contains(other.id), let shown = other.shown else { return nil }
            var same: [String] = []
            if shown.name.lowercased() == details.name.lowercased() { same.append("name") }
            if !details.born.isEmpty, shown.born == details.born { same.append("birth date") }
            if !details.phone.isEmpty, shown.phone == details.phone { same.append("telephone") }
            guard same.count > 1 || same.first == "name" else { return nil }
            return [
                "name": shown.name, "url": "/patients/\(other.id)", "why": "same \(same.joined(separator: " and "))",
                "other": "\(other.id)",
                "born": shown.born,
            ]
        }
    }
}
