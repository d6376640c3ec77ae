namespace DreamTime.Golden;

/// <summary>All kinds of golden files that the port computes; the first that matches a file runs it.</summary>
internal static class FixtureKinds
{
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
