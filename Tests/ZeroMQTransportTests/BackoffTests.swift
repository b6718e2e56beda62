import Testing

@testable import ZeroMQTransport

@Suite("The wait before dialling again")
struct BackoffTests {
    @Test("doubles within half and one and a half times the step, and never passes the longest")
    func steps() {
        var backoff = Backoff(first: .milliseconds(100), longest: .seconds(30))
        var step = Duration.milliseconds(100)
        for _ in 0..<20 {
            let wait = backoff.step()
            #expect(wait >= min(step * 0.5, .seconds(15)))
            #expect(wait <= min(step * 1.5, .seconds(30)))
            step = min(step * 2, .seconds(30))
        }
    }

    @Test("starts over after a connection that lasted")
    func reset() {
        var backoff = Backoff(first: .milliseconds(100), longest: .seconds(30))
        for _ in 0..<10 { _ = backoff.step() }
        backoff.reset()
        let wait = backoff.step()
        #expect(wait <= .milliseconds(150))
    }

    @Test("differs between peers")
    func jitter() {
        let waits = (0..<50).map { _ in
            var backoff = Backoff(first: .milliseconds(100), longest: .seconds(30))
            return backoff.step()
        }
        #expect(Set(waits).count > 10)
    }
}

@Suite("The meter of refusals")
struct RefusalMeterTests {
    @Test("lets only the first few of each second through")
    func perSecond() {
        let start = ContinuousClock.now
        var meter = RefusalMeter(perSecondMax: 3)
        let times: [Duration] = [.zero, .zero, .zero, .zero, .milliseconds(999), .seconds(1), .seconds(1)]
        let reported = times.map { meter.mayReport(at: start + $0) }
        #expect(reported == [true, true, true, false, false, true, true])
    }

    @Test("can be closed altogether")
    func none() {
        var meter = RefusalMeter(perSecondMax: 0)
        let reported = meter.mayReport(at: .now)
        #expect(!reported)
    }
}
