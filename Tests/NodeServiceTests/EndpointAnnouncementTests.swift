import Testing

@testable import NodeService

@Suite("Telling the group where a node is")
struct EndpointAnnouncementTests {
    @Test("It is tried again after a refusal, ever less often, until it was taken")
    func retries() {
        var announcement = EndpointAnnouncement()
        let start = ContinuousClock.now
        #expect(announcement.due(at: start) == nil)
        announcement.begin("tcp://towson.example:7400")
        #expect(announcement.due(at: start) == "tcp://towson.example:7400")
        #expect(announcement.due(at: start + .seconds(4)) == nil)
        #expect(announcement.due(at: start + .seconds(5)) != nil)
        #expect(announcement.due(at: start + .seconds(14)) == nil)
        #expect(announcement.due(at: start + .seconds(15)) != nil)
        var now = start + .seconds(15)
        for _ in 0..<10 {
            now += .seconds(300)
            #expect(announcement.due(at: now) != nil, "the wait has an end")
        }
        announcement.end()
        #expect(announcement.due(at: now + .seconds(3600)) == nil)
    }
}
