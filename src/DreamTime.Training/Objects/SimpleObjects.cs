using static DreamTime.Training.Build;

namespace DreamTime.Training;

/// <summary>Geometric solids of one colour.</summary>
internal static class SimpleObjects
{
    public static IEnumerable<ObjectClass> All =>
    [
        new("sphere", _ => [Ball(1, At(0, 0, 0))]) { Synonyms = ["ball"] },
        new("cube", _ => [Box(1, 1, 1, At(0, 0, 0), rounding: 0.04f)]) { Synonyms = ["box"], IsSupport = true, Share = 2 },
        new("cone", r => [Cone(r.Range(0.75f, 0.95f), 0.02f, 1, At(0, 0, 0))]),
        new("torus", r => [Torus(1, r.Range(0.3f, 0.4f), At(0, 0, 0))]) { Synonyms = ["donut"] },
        new("cylinder", r => [Cylinder(r.Range(0.55f, 0.75f), 1, At(0, 0, 0), rounding: 0.03f)]) { IsSupport = true },
        new("capsule", r => [Capsule(r.Range(0.4f, 0.5f), 0.6f, At(0, 0, 0))]) { Synonyms = ["pill"] },
        new("pyramid", r => [Pyramid(r.Range(0.95f, 1.1f), 0.75f, At(0, 0, 0))]),
    ];
}
