using System.Numerics;
using static DreamTime.Training.Build;

namespace DreamTime.Training;

/// <summary>Plants, animals and snow; faces towards +x.</summary>
internal static class Nature
{
    public static IEnumerable<ObjectClass> All =>
    [
        new("mushroom", Mushroom) { Accent = new("stem", DefaultColor: "white"), NaturalColor = "red" },
        new("tree", Tree) { Accent = new("trunk", DefaultColor: "brown"), NaturalColor = "green" },
        new("cactus", Cactus) { Accent = new("pot", DefaultColor: "brown"), NaturalColor = "green" },
        new("snowman", Snowman) { Accent = new("hat", DefaultColor: "black"), NaturalColor = "white" },
        new("fish", Fish) { Accent = new("fins", IsPlural: true) },
        new("duck", Duck) { Accent = new("beak", DefaultColor: "orange"), NaturalColor = "yellow" },
        new("bear", Bear) { Accent = new("belly", DefaultColor: "white"), NaturalColor = "brown" },
    ];

    private static Part[] Mushroom(RandomStream r)
    {
        var (cap, height, stem) = (r.Range(0.72f, 0.86f), r.Range(0.5f, 0.62f), r.Range(0.42f, 0.5f));
        return
        [
            Dome(cap, cap, height, At(0, 0, 0)),
            Cone(r.Range(0.26f, 0.32f), r.Range(0.2f, 0.25f), stem, At(0, 0, -stem + 0.03f), Paint.Accent),
        ];
    }

    private static Part[] Tree(RandomStream r)
    {
        var trunk = r.Range(0.34f, 0.44f);
        var parts = new List<Part> { Cylinder(r.Range(0.13f, 0.17f), trunk, At(0, 0, -trunk), Paint.Accent) };
        if (r.Chance(0.5f))
        {
            parts.Add(Ellipsoid(0.58f, 0.58f, r.Range(0.55f, 0.65f), At(0, 0, 0.45f)));
        }
        else
        {
            parts.Add(Ball(0.42f, At(0, 0, 0.62f)));
            for (var i = 0; i < 4; i++)
            {
                var (sin, cos) = MathF.SinCos(i * MathF.PI / 2 + 0.4f);
                parts.Add(Ball(r.Range(0.36f, 0.42f), At(0.32f * cos, 0.32f * sin, 0.25f)));
            }
        }
        return [.. parts];
    }

    private static Part[] Cactus(RandomStream r)
    {
        var (height, reach) = (r.Range(0.42f, 0.52f), r.Range(0.38f, 0.44f));
        var (left, right) = (r.Range(0, 0.18f), r.Range(-0.12f, 0.06f));
        return
        [
            Capsule(0.2f, height, At(0, 0, 0)),
            .. Arm(1, left),
            .. Arm(-1, right),
            Cone(0.28f, 0.38f, 0.2f, At(0, 0, -height - 0.2f), Paint.Accent),
        ];

        Part[] Arm(int side, float z) =>
        [
            Capsule(0.115f, reach / 2, At(0, side * reach / 2, z)).AlongY(),
            Capsule(0.115f, 0.14f, At(0, side * reach, z + 0.14f)),
        ];
    }

    private static Part[] Snowman(RandomStream r)
    {
        var (bottom, middle, head) = (r.Range(0.5f, 0.56f), r.Range(0.37f, 0.42f), 0.29f);
        var waist = bottom + middle * 0.55f;
        var neck = waist + middle * 0.7f + head * 0.55f;
        return
        [
            Ball(bottom, At(0, 0, 0)),
            Ball(middle, At(0, 0, waist)),
            Ball(head, At(0, 0, neck)),
            Cylinder(0.36f, 0.045f, At(0, 0, neck + 0.22f), Paint.Accent),
            Cylinder(0.23f, 0.18f, At(0, 0, neck + 0.4f), Paint.Accent),
            Cone(0.075f, 0.01f, 0.15f, At(head + 0.08f, 0, neck), Paint.Orange).AlongX(),
            .. Both(Ball(0.055f, At(head * 0.85f, 0.12f, neck + 0.09f), Paint.Dark)),
            Ball(0.06f, At(middle * 0.98f, 0, waist + 0.08f), Paint.Dark),
            Ball(0.06f, At(middle * 0.92f, 0, waist - 0.14f), Paint.Dark),
        ];
    }

    private static Part[] Fish(RandomStream r)
    {
        var (length, width, height) = (r.Range(0.62f, 0.7f), r.Range(0.24f, 0.3f), r.Range(0.4f, 0.48f));
        return
        [
            Ellipsoid(length, width, height, At(0, 0, 0)),
            Roof(0.05f, 0.38f, 0.22f, At(-length - 0.08f, 0, 0), Paint.Accent).Turned(Vector3.UnitZ, 90).AlongX(),
            Wedge(0.26f, 0.045f, 0.17f, At(0, 0, height + 0.06f), Paint.Accent),
            .. Both(Ellipsoid(0.16f, 0.03f, 0.1f, At(0.05f, width + 0.02f, -0.1f), Paint.Accent)),
            .. Both(Ball(0.075f, At(length * 0.62f, width * 0.68f, 0.1f), Paint.Dark)),
        ];
    }

    private static Part[] Duck(RandomStream r)
    {
        var (body, head) = (r.Range(0.36f, 0.42f), r.Range(0.29f, 0.33f));
        return
        [
            Ellipsoid(0.62f, 0.44f, body, At(0, 0, 0)),
            Ball(head, At(0.38f, 0, body + 0.16f)),
            Ellipsoid(0.2f, 0.15f, 0.07f, At(0.38f + head + 0.08f, 0, body + 0.12f), Paint.Accent),
            Cone(0.22f, 0.02f, 0.2f, At(-0.62f, 0, 0.16f)).Turned(Vector3.UnitY, -60),
            .. Both(Ellipsoid(0.3f, 0.08f, 0.2f, At(-0.08f, 0.42f, 0.06f))),
            .. Both(Ball(0.055f, At(0.38f + head * 0.72f, head * 0.62f, body + 0.25f), Paint.Dark)),
        ];
    }

    private static Part[] Bear(RandomStream r)
    {
        var (body, head) = (r.Range(0.42f, 0.48f), r.Range(0.34f, 0.38f));
        var top = 0.5f + head * 0.65f;
        return
        [
            Ellipsoid(0.4f, body, 0.52f, At(0, 0, 0)),
            Ellipsoid(0.12f, 0.3f, 0.36f, At(0.33f, 0, -0.02f), Paint.Accent),
            Ball(head, At(0.04f, 0, top)),
            .. Both(Ball(0.14f, At(0, head * 0.82f, top + head * 0.78f))),
            Ellipsoid(0.15f, 0.17f, 0.13f, At(head - 0.02f, 0, top - 0.1f), Paint.Accent),
            Ball(0.065f, At(head + 0.12f, 0, top - 0.04f), Paint.Dark),
            .. Both(Ball(0.05f, At(head * 0.93f, 0.15f, top + 0.1f), Paint.Dark)),
            .. Both(Capsule(0.14f, 0.17f, At(0.14f, body + 0.04f, 0.12f)).Turned(Vector3.UnitY, 40)),
            .. Both(Capsule(0.17f, 0.15f, At(0.3f, 0.28f, -0.44f)).AlongX()),
        ];
    }
}
