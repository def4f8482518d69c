using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using MLNet.Sequence.Torch;
using CompareOptions = MLNet.Sequence.CompareOptions;

namespace MLNet.Sequence.Tests;

/// <summary>The documented range of a number is the range that is accepted.</summary>
[TestClass]
public sealed class DocumentedRangesTests
{
    private const string Number = @"(-?[\d.]+)";

    [TestMethod]
    public void A_documented_range_is_the_one_that_is_enforced()
    {
        List<string> wrong = [];
        int tried = 0;
        foreach ((Type owner, PropertyInfo property, string name, string text) in PackageDocumentation.Options(typeof(ForecastingMetrics).Assembly)
            .Concat(PackageDocumentation.Options(typeof(SequenceTransformer).Assembly)).Where(option => option.Owner.GetConstructor([]) is not null))
        {
            Type type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            if (!type.IsPrimitive || type == typeof(bool) || Refusal(Activator.CreateInstance(owner)!) is not { } usual)
                continue;
            if (usual.Contains(property.Name, StringComparison.Ordinal))
                wrong.Add($"{name}: the default is refused: {usual}");
            foreach (double bad in Outside(text, type == typeof(int) || type == typeof(long)))
            {
                tried++;
                object options = Activator.CreateInstance(owner)!;
                property.SetValue(options, Convert.ChangeType(bad, type, CultureInfo.InvariantCulture));
                if (!Refusal(options)!.Contains(property.Name, StringComparison.Ordinal))
                    wrong.Add($"{name}: {bad} is taken, though its text says: {text}");
            }
        }

        Assert.IsEmpty(wrong, string.Join("\n", wrong));
        Assert.IsGreaterThan(120, tried);
    }

    // Values just outside the first range that a text names.
    private static IEnumerable<double> Outside(string text, bool whole)
    {
        double least = whole ? 1 : 1e-3;
        if (Regex.Match(text, $@"in ([\[(]){Number}, {Number}([\])])") is { Success: true } range)
        {
            yield return Read(range.Groups[2]) - (range.Groups[1].Value == "(" ? 0 : least);
            yield return Read(range.Groups[3]) + (range.Groups[4].Value == ")" ? 0 : least);
        }
        else if (Regex.Match(text, "(?:at least|from) " + Number, RegexOptions.IgnoreCase) is { Success: true } lowest)
        {
            yield return Read(lowest.Groups[1]) - least;
        }
        else if (Regex.Match(text, Number + ", [^.;]*or (?:above|more)|" + Number + " or (?:above|more)") is { Success: true } orMore)
        {
            yield return Read(orMore.Groups[1].Success ? orMore.Groups[1] : orMore.Groups[2]) - least;
        }
        else if (Regex.Match(text, "above " + Number, RegexOptions.IgnoreCase) is { Success: true } above)
        {
            yield return Read(above.Groups[1]);
        }
    }

    private static double Read(Group number) => double.Parse(number.Value.TrimEnd('.'), CultureInfo.InvariantCulture);

    // Null for types that do not check themselves.
    private static string? Refusal(object options) => options switch
    {
        Architecture architecture => string.Join(" ", architecture.Problems()),
        TrainingOptions training => string.Join(" ", training.Problems()),
        Optimizer optimizer => Refusal(new TrainingOptions { Optimizer = optimizer }),
        Schedule schedule => Refusal(new TrainingOptions { Schedule = schedule }),
        CheckpointOptions checkpoints => Refusal(new TrainingOptions { Checkpoints = checkpoints }),
        MemoryOptions horizon => Message(horizon.Validate),
        GenerationOptions generation => Message(generation.Validate),
        BootstrapOptions bootstrap => Message(bootstrap.Validate),
        CompareOptions compare => Message(() => compare.Validate(1)),
        SlidingWindowOptions windows => Message((windows with { Columns = ["Load"] }).Validate),
        ForecastingOptions forecasting => Message(() => (forecasting with { Targets = ["Load"] }).Validate(new Linear())),
        ForecastIntervals intervals => string.Join(" ", intervals.Problems((1, 1, null))),
        SequenceOptions rows => Message(() => rows.Validate(new Linear(), [])),
        NextStepOptions next => Message(() => next.Validate(new Linear())),
        ParallelWaveNet student => string.Join(" ", student.Problems()),
        DistillationOptions distillation => Message(() => distillation.Validate(new ParallelWaveNet())),
        _ => null,
    };

    private static string Message(Action validate)
    {
        try
        {
            validate();
            return "";
        }
        catch (ArgumentException refused)
        {
            return refused.Message;
        }
    }
}
