using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace MLNet.Sequence.Samples.Commands.Options;

/// <summary>Number options with a minimum, and an error message for other values.</summary>
internal static class NumberOption
{
    public static Option<int> Whole(string name, string description, int usual, int least = 1) => new(name)
    {
        Description = description,
        HelpName = "N",
        DefaultValueFactory = _ => usual,
        CustomParser = result => (int)Read(result, name, least, int.MaxValue, whole: true),
    };

    /// <summary>Null if the option is not given.</summary>
    public static Option<int?> WholeOrNone(string name, string description, int least = 1) => new(name)
    {
        Description = description,
        HelpName = "N",
        CustomParser = result => (int)Read(result, name, least, int.MaxValue, whole: true),
    };

    public static Option<double?> RealOrNone(string name, string description, double least = 0) => new(name)
    {
        Description = description,
        HelpName = "X",
        CustomParser = result => Read(result, name, least, float.MaxValue, whole: false),
    };

    private static double Read(ArgumentResult result, string name, double least, double most, bool whole)
    {
        string text = result.Tokens[0].Value;
        bool number = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            && (!whole || value == Math.Floor(value));
        if (number && value >= least && value <= most)
            return value;
        string kind = whole ? "a whole number" : "a number", range = least == float.Epsilon ? "above 0" : FormattableString.Invariant($"of at least {least}");
        result.AddError($"{name} must be {kind} {range}; found {text}.");
        return 0;
    }
}
