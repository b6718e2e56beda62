/// Chooses what is drawn where there is not room for everything: classes in the order of their importance, and within the one
/// that does not fit evenly over time.
struct Thinning {
    /// What is drawn, ascending.
    private(set) var chosen: [Int] = []
    /// Per class, how many are left out.
    private(set) var left: [Int] = []

    /// At most `budget` of all.
    init(_ classes: [[Int]], budget: Int) {
        var room = max(0, budget)
        for members in classes {
            let count = min(members.count, room)
            for place in 0..<count { chosen.append(members[place * members.count / count]) }
            left.append(members.count - count)
            room -= count
        }
        chosen.sort()
    }
}
