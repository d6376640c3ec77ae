namespace DreamTime.Facade.Tests;

/// <summary>What an expectation that does not hold throws; its message is the test's.</summary>
internal sealed class ExpectationException(string message) : Exception(message);

/// <summary>Expectations in the words of a C# test.</summary>
internal static class Check
{
    public static void Equal<T>(T expected, T actual, string what)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
            throw new ExpectationException(FormattableString.Invariant($"{what}: expected {expected}, found {actual}"));
    }

    public static void Sequence<T>(IEnumerable<T> expected, IEnumerable<T> actual, string what) =>
        Equal(string.Join(' ', expected), string.Join(' ', actual), what);

    public static void True(bool holds, string what)
    {
        if (!holds)
            throw new ExpectationException(what);
    }

    public static T Throws<T>(Action action, string what) where T : Exception
    {
        try
        {
            action();
        }
        catch (T expected)
        {
            return expected;
        }

        throw new ExpectationException($"{what}: expected {typeof(T).Name}, nothing was thrown");
    }
}
