using System.Globalization;

namespace MLNet.Sequence.Layers;

/// <summary>
/// Checks of hyper-parameters, with a sentence for each problem: "Channels must be at least 1; found 0." Hyper-parameters are doubles, the
/// network's numbers floats: a limit holds for the float.
/// </summary>
internal static class Limits
{
    public static IEnumerable<string> AtLeast(int minimum, int value, string property)
    {
        if (value < minimum)
            yield return $"{property} must be at least {minimum}; found {value}.";
    }

    /// <summary>A receptive field that is a sum, limited to the largest int.</summary>
    public static int? Steps(long? steps) => steps is { } number ? (int)Math.Min(number, int.MaxValue) : null;

    /// <summary>An optional number is neither infinite nor NaN.</summary>
    public static IEnumerable<string> Finite(double? value, string property)
    {
        if (value is { } number && !float.IsFinite((float)number))
            yield return string.Create(CultureInfo.InvariantCulture, $"{property} must be finite; found {number}.");
    }

    /// <summary>A dropout rate is in [0, 1).</summary>
    public static IEnumerable<string> Rate(double value, string property)
    {
        if ((float)value is not (>= 0 and < 1))
            yield return string.Create(CultureInfo.InvariantCulture, $"{property} must be in [0, 1); found {value}.");
    }

    /// <summary>The optional standard deviation of initial values.</summary>
    public static IEnumerable<string> Deviation(double? value, string property)
    {
        if (value is { } number && !(number > 0 && double.IsFinite(number)))
            yield return string.Create(CultureInfo.InvariantCulture, $"{property} must be above 0 and finite; found {number}.");
    }

    public static IEnumerable<string> Defined<TEnum>(TEnum value, string property) where TEnum : struct, Enum
    {
        if (!Enum.IsDefined(value))
            yield return $"{property} must be one of {string.Join(", ", Enum.GetNames<TEnum>())}; found {value}.";
    }

    /// <summary>The name of a column, which may be missing in a file.</summary>
    public static IEnumerable<string> Name(string? name, string property)
    {
        if (string.IsNullOrEmpty(name))
            yield return $"{property} must be a name; found none.";
    }

    /// <summary>Optional values: if given, one for each.</summary>
    public static IEnumerable<string> OneEach(IReadOnlyList<string>? values, int count, string property)
    {
        if (values is not null && values.Count != count)
            yield return $"{property} must be {count}; found {values.Count}.";
    }

    /// <summary>Optional names of children: if given, one for each, all different, without the dot that joins them in paths.</summary>
    public static IEnumerable<string> Names(IReadOnlyList<string>? names, int count, string property)
    {
        if (names is not null && (names.Count != count || names.Distinct(StringComparer.Ordinal).Count() != count
            || names.Any(name => string.IsNullOrEmpty(name) || name.Contains('.'))))
            yield return $"{property} must be {count} different names without dots; found {string.Join(", ", names.Select(name => $"'{name}'"))}.";
    }
}
