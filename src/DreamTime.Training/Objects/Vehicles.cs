using System.Numerics;
using static DreamTime.Training.Build;

namespace DreamTime.Training;

/// <summary>Things that travel, nose towards +x (the rocket upwards, its window towards +x).</summary>
internal static class Vehicles
{
    public static IEnumerable<ObjectClass> All =>
    [
        new("rocket", Rocket) { Accent = new("fins", IsPlural: true, DefaultColor: "red"), NaturalColor = "white" },
        new("car", Car) { Accent = new("wheels", IsPlural: true, DefaultColor: "black"), Share = 2 },
        new("boat", Boat) { Accent = new("sail", DefaultColor: "white"), Share = 2 },
        new("airplane", Airplane) { Synonyms = ["plane"], Accent = new("wings", IsPlural: true), Share = 2 },
    ];

    private static Part[] Rocket(RandomStream r)
    {
        var (radius, half) = (r.Range(0.28f, 0.34f), r.Range(0.52f, 0.6f));
        var fins = Enumerable.Range(0, 4).Select(i => Fin(45 + 90 * i));
        return
        [
            Cylinder(radius, half, At(0, 0, 0)),
            Cone(radius, 0.02f, 0.26f, At(0, 0, half + 0.25f), Paint.Accent),
            Ellipsoid(0.05f, 0.15f, 0.15f, At(radius, 0, half * 0.45f), Paint.Glass),
            Cone(0.24f, 0.14f, 0.07f, At(0, 0, -half - 0.05f), Paint.Dark),
            .. fins,
        ];

        Part Fin(float degrees)
        {
            var (sin, cos) = MathF.SinCos(float.DegreesToRadians(degrees));
            var outwards = radius + 0.14f;
            return Wedge(0.18f, 0.045f, 0.26f, At(cos * outwards, sin * outwards, -half + 0.2f), Paint.Accent).Turned(Vector3.UnitZ, degrees);
        }
    }

    private static Part[] Car(RandomStream r)
    {
        var (length, wheel) = (r.Range(0.85f, 0.95f), r.Range(0.22f, 0.26f));
        var cabin = r.Range(0.4f, 0.5f);
        return
        [
            Box(length, 0.44f, 0.2f, At(0, 0, 0), rounding: 0.06f),
            Box(cabin, 0.37f, 0.15f, At(-0.1f, 0, 0.3f), Paint.Glass, rounding: 0.05f),
            Box(cabin - 0.04f, 0.38f, 0.06f, At(-0.1f, 0, 0.46f), rounding: 0.05f),
            .. FourFold(Cylinder(wheel, 0.09f, At(0.55f, 0.41f, -0.17f), Paint.Accent).AlongY()),
            .. Both(Ellipsoid(0.04f, 0.09f, 0.07f, At(length, 0.28f, 0.03f), Paint.Glass)),
        ];
    }

    private static Part[] Boat(RandomStream r)
    {
        var (length, depth) = (r.Range(0.8f, 0.92f), r.Range(0.34f, 0.42f));
        return
        [
            Dome(length, 0.4f, depth, At(0, 0, 0)).Turned(Vector3.UnitX, 180),
            Cylinder(0.045f, 0.65f, At(0, 0, 0.6f), Paint.Dark),
            Wedge(0.32f, 0.045f, 0.5f, At(0.36f, 0, 0.66f), Paint.Accent),
            Wedge(0.24f, 0.045f, 0.4f, At(-0.28f, 0, 0.56f), Paint.Accent).Turned(Vector3.UnitZ, 180),
        ];
    }

    private static Part[] Airplane(RandomStream r)
    {
        var (radius, half, span) = (r.Range(0.17f, 0.21f), r.Range(0.62f, 0.7f), r.Range(0.8f, 0.92f));
        return
        [
            Capsule(radius, half, At(0, 0, 0)).AlongX(),
            Box(0.2f, span, 0.05f, At(0.08f, 0, 0), Paint.Accent),
            Box(0.12f, 0.38f, 0.045f, At(-half, 0, 0.06f), Paint.Accent),
            Wedge(0.16f, 0.045f, 0.22f, At(-half + 0.05f, 0, radius + 0.16f), Paint.Accent),
            Ellipsoid(0.12f, 0.1f, 0.08f, At(half - 0.02f, 0, radius - 0.05f), Paint.Glass),
        ];
    }
}
