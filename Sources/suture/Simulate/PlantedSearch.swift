#if PLANTED_BUGS
    import Causality
    import PartitionSimulator

    /// Looks for one planted mistake.
    struct PlantedSearch {
        private let bug: PlantedBug
        private let scenarios: [ScenarioFile]
        private let seedsMax: Int
        private let shrinkMilliseconds: Int64

        init(_ bug: PlantedBug, _ scenarios: [ScenarioFile], seedsMax: Int, shrinkLimit: String) {
            self.bug = bug
            self.scenarios = scenarios
            self.seedsMax = seedsMax
            shrinkMilliseconds = SpanText.milliseconds(shrinkLimit) ?? 0
        }

        /// Makes the mistake, runs seeds until something is violated, and cuts that plan down.
        ///
        /// Throws `CommandFailure` where the plan is violated without the mistake too: then it is not what was found.
        func run() throws -> PlantedFinding {
            defer { PlantedBug.planted = nil }
            let began = ContinuousClock.now
            var finding = PlantedFinding(bug)
            while finding.seeds < seedsMax, finding.plan == nil {
                let file = scenarios[finding.seeds % scenarios.count]
                let plan = try file.plan(seed: UInt64(finding.seeds / scenarios.count + 1))
                finding.seeds += 1
                PlantedBug.planted = bug
                guard let violation = violation(of: plan) else { continue }
                finding.take(violation, of: plan)
                try check(plan)
            }
            finding.searchSeconds = began.duration(to: .now) / .seconds(1)
            PlantedBug.planted = bug
            cutDown(&finding)
            if let plan = finding.plan { try check(plan) }
            return finding
        }

        private func check(_ plan: Scenario) throws {
            PlantedBug.planted = nil
            guard let violation = violation(of: plan) else { return }
            // The plan is what anybody needs who looks into it: it is a find of its own.
            throw CommandFailure(
                "\(plan.name), seed \(plan.seed), is violated without any mistake planted: \(violation)\n\(plan.yaml)")
        }

        private func violation(of plan: Scenario) -> Violation? {
            var options = RunOptions()
            options.stopsAtViolation = true
            guard let run = try? SimulationRun(plan, options) else { return nil }  // Throws only for what is no plan.
            run.run()
            return run.summary.violations.first
        }

        private func cutDown(_ finding: inout PlantedFinding) {
            let began = ContinuousClock.now
            let deadline = began.advanced(by: .milliseconds(shrinkMilliseconds))
            guard shrinkMilliseconds > 0, let plan = finding.plan,
                var shrinker = PlanShrinker(plan, while: { ContinuousClock.now < deadline })
            else { return }
            shrinker.shrink()
            finding.takeSmaller(shrinker.plan, shrinker.violation)
            finding.shrinkSeconds = began.duration(to: .now) / .seconds(1)
        }
    }
#endif
