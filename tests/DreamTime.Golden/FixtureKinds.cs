namespace DreamTime.Golden;

/// <summary>All kinds of golden files that the port computes; the first that matches a file runs it.</summary>
internal static class FixtureKinds
{
    /// <summary>Those that are one network alone, which a GPU can compute as well. CLIP is not among them: its pictures are prepared on the CPU.</summary>
    public static IReadOnlyList<IFixture> Networks => [.. All.Where(kind => kind is TextEncoderFixture or T5Fixture or UNetFixture or ControlNetFixture or VaeFixture)];

    public static readonly IReadOnlyList<IFixture> All =
    [
        new TextEncoderFixture(),
        new T5Fixture(),
        new UNetFixture(),
        new ControlNetFixture(),
        new VaeFixture(),
        new SdsFixture(),
        new EndToEndDdimFixture(),
        new VsdFixture(),
        new ClipFixture(),
        new Zero123Fixture(),
        new IFFixture(),
        new ProbesFixture(),
        new TokenizerFixture(),
        new SchedulersFixture(),
    ];
}
