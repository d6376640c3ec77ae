using static DreamTime.Training.Build;

namespace DreamTime.Training;

/// <summary>Things in and around a house.</summary>
internal static class Furnishings
{
    public static IEnumerable<ObjectClass> All =>
    [
        new("chair", Chair) { Accent = new("legs", IsPlural: true) },
        new("table", Table) { Accent = new("legs", IsPlural: true), NaturalColor = "brown", IsSupport = true, Share = 2 },
        new("mug", Mug) { Synonyms = ["cup"], Accent = new("handle"), Share = 2 },
        new("bottle", Bottle) { Accent = new("cap", DefaultColor: "white") },
        new("lamp", Lamp) { Accent = new("base", DefaultColor: "black") },
        new("hat", Hat) { Accent = new("band") },
        new("hammer", Hammer) { Accent = new("handle", DefaultColor: "brown"), NaturalColor = "grey" },
        new("house", House) { Accent = new("roof", DefaultColor: "brown"), Share = 2 },
    ];

    private static Part[] Chair(RandomStream r)
    {
        var (half, leg, back) = (r.Range(0.45f, 0.52f), r.Range(0.3f, 0.38f), r.Range(0.42f, 0.55f));
        return
        [
            Box(half, half, 0.09f, At(0, 0, 0)),
            Box(0.09f, half, back, At(-half + 0.09f, 0, back)),
            .. FourFold(Box(0.085f, 0.085f, leg, At(half - 0.085f, half - 0.085f, -leg - 0.05f), Paint.Accent)),
        ];
    }

    private static Part[] Table(RandomStream r)
    {
        var (length, width, leg) = (r.Range(0.75f, 0.9f), r.Range(0.55f, 0.7f), r.Range(0.3f, 0.42f));
        if (r.Chance(0.3f))
            return [Cylinder(0.85f, 0.09f, At(0, 0, 0)), .. FourFold(Cylinder(0.09f, leg, At(0.5f, 0.5f, -leg - 0.06f), Paint.Accent))];
        return
        [
            Box(length, width, 0.09f, At(0, 0, 0)),
            .. FourFold(Box(0.09f, 0.09f, leg, At(length - 0.11f, width - 0.11f, -leg - 0.06f), Paint.Accent)),
        ];
    }

    private static Part[] Mug(RandomStream r)
    {
        var (radius, half) = (r.Range(0.48f, 0.58f), r.Range(0.52f, 0.62f));
        return
        [
            Cylinder(radius, half, At(0, 0, 0)),
            Torus(0.34f, 0.1f, At(0, radius, 0), Paint.Accent).AlongX(),
            Cylinder(radius - 0.1f, half, At(0, 0, 0.15f)).Carve(),
        ];
    }

    private static Part[] Bottle(RandomStream r)
    {
        var (radius, half) = (r.Range(0.32f, 0.4f), r.Range(0.42f, 0.52f));
        return
        [
            Cylinder(radius, half, At(0, 0, 0), rounding: 0.03f),
            Cone(radius, 0.14f, 0.14f, At(0, 0, half + 0.13f)),
            Cylinder(0.14f, 0.14f, At(0, 0, half + 0.35f)),
            Cylinder(0.19f, 0.11f, At(0, 0, half + 0.55f), Paint.Accent),
        ];
    }

    private static Part[] Lamp(RandomStream r)
    {
        var pole = r.Range(0.4f, 0.5f);
        return
        [
            Cylinder(0.4f, 0.07f, At(0, 0, -pole), Paint.Accent),
            Cylinder(0.085f, pole, At(0, 0, 0), Paint.Accent),
            Cone(r.Range(0.55f, 0.65f), r.Range(0.28f, 0.36f), 0.32f, At(0, 0, pole + 0.2f)),
        ];
    }

    private static Part[] Hat(RandomStream r)
    {
        var (crown, half) = (r.Range(0.46f, 0.54f), r.Range(0.36f, 0.46f));
        return
        [
            Cylinder(0.9f, 0.06f, At(0, 0, 0), rounding: 0.03f),
            Cylinder(crown, half, At(0, 0, half), rounding: 0.03f),
            Cylinder(crown + 0.03f, 0.11f, At(0, 0, 0.16f), Paint.Accent),
        ];
    }

    private static Part[] Hammer(RandomStream r)
    {
        var half = r.Range(0.6f, 0.7f);
        var head = r.Chance(0.5f)
            ? Box(0.5f, 0.2f, 0.2f, At(0, 0, half), rounding: 0.04f)
            : Cylinder(0.23f, 0.5f, At(0, 0, half), rounding: 0.03f).AlongX();
        return [Cylinder(0.11f, half, At(0, 0, 0), Paint.Accent), head];
    }

    private static Part[] House(RandomStream r)
    {
        var (length, width, half) = (r.Range(0.55f, 0.65f), r.Range(0.5f, 0.58f), r.Range(0.32f, 0.4f));
        return
        [
            Box(length, width, half, At(0, 0, 0)),
            Roof(length + 0.1f, width + 0.14f, 0.27f, At(0, 0, half + 0.25f), Paint.Accent),
            Box(0.03f, 0.13f, 0.22f, At(length, 0, -half + 0.22f), Paint.Dark),
            .. Both(Box(0.16f, 0.03f, 0.12f, At(0, width, 0.02f), Paint.Glass)),
            .. Both(Box(0.03f, 0.1f, 0.1f, At(length, 0.32f, 0.05f), Paint.Glass)),
        ];
    }
}
