using MLNet.Sequence.Data;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence.Forecasts;

/// <summary>The form of a forecaster whose session takes constant time for each step (<see cref="ForecastingOptions.Streaming"/>).</summary>
internal static class StreamingForm
{
    /// <summary>Whether an architecture streams by a state that it carries, not by a receptive field within the context.</summary>
    public static bool Carries(Architecture architecture, int context) =>
        !architecture.Problems().Any() && architecture is not EncoderDecoder && context >= 1
            && Backbone(architecture, context) is var backbone && !Fits(backbone, context) && Forecasting.CanCarry(backbone);

    /// <summary>What streaming excludes, one sentence each.</summary>
    /// <param name="options">The options, in the form that fits the architecture.</param>
    /// <param name="architecture">The architecture; valid.</param>
    public static IEnumerable<string> Problems(ForecastingOptions options, Architecture architecture)
    {
        // With a carried state, CarriesState says so of both.
        if (!options.CarriesState && options.UsedNormalization != WindowNormalization.None)
        {
            yield return $"Normalization must be None with Streaming, or null: a window that is normalised changes all its values at each step; found "
                + $"{options.Normalization}.";
        }

        if (!options.CarriesState && options.MissingValues is not (MissingValues.Error or MissingValues.Zero))
            yield return $"MissingValues must be Error or Zero with Streaming, since a stream has no window to be filled; found {options.MissingValues}.";
        if (options.Differencing is not null)
            yield return "Differencing must be null with Streaming: differences are taken within a window.";
        if (options.CarriesState || options.Context is < 1)
            yield break;
        // Of a context that is chosen from the rows only Fit knows whether it is enough.
        if (Unbounded(architecture, options.UsedContext) is { } unbounded)
            yield return unbounded;
        else if (options.Context is { } context && TooLong(architecture, context) is { } problem)
            yield return problem;
    }

    /// <summary>The architecture with those sizes that are left open chosen so that its receptive field fits into the context.</summary>
    /// <exception cref="InvalidOperationException">It has a larger field at any size.</exception>
    public static Architecture Of(Architecture architecture, Forecasting task, Action<string> tell)
    {
        Architecture within = architecture;
        string form = "the state is carried from each series' first row (CarriesState)";
        if (!task.CarriesState)
        {
            if ((Unbounded(architecture, task.Context) ?? TooLong(architecture, task.Context)) is { } problem)
                throw new InvalidOperationException(problem);
            within = architecture.Within(task.Context);
            form = FormattableString.Invariant($"{within} reads the last {within.Build(task.Context).ReceptiveField} of {task.Context} steps");
        }

        tell($"{nameof(ForecastingOptions.Streaming)}: windows are not normalised, and {form}, so that a step of a session takes constant time.");
        return within;
    }

    private static string? Unbounded(Architecture architecture, int context)
    {
        Layer backbone = Backbone(architecture, context);
        if (!backbone.IsCausal)
        {
            return $"Streaming needs an architecture that reads no step before it is there; found {Named(architecture, context, layer => !layer.IsCausal)}, "
                + "which also reads later steps. Leave Streaming false.";
        }

        return backbone.ReceptiveField is not null ? null
            : $"Streaming needs an architecture with a bounded receptive field, such as Tcn, or one whose only memory is a recurrent state, such as Lstm; "
                + $"found {Named(architecture, context, layer => layer.ReceptiveField is null)}, which starts again in each window. Leave Streaming false.";
    }

    // Of an architecture with a bounded receptive field.
    private static string? TooLong(Architecture architecture, int context)
    {
        int? field = Backbone(architecture, context).ReceptiveField;
        return field <= context ? null : FormattableString.Invariant($"Streaming needs a receptive field of at most Context, {context}; that of ")
            + FormattableString.Invariant($"{architecture.GetType().Name} is {field}: set Context to at least {field}, make it smaller, or leave Streaming ")
            + "false.";
    }

    // The name of an architecture, with that of its part which is the reason.
    private static string Named(Architecture architecture, int context, Func<Layer, bool> isReason) => architecture switch
    {
        Ensemble ensemble => $"Ensemble with {Named(ensemble.Members.First(member => isReason(Backbone(member, context))), context, isReason)}",
        Patched patched => $"Patched around {Named(patched.Inner, context, isReason)}",
        _ => architecture.GetType().Name,
    };

    private static bool Fits(Layer backbone, int context) => backbone.IsCausal && backbone.ReceptiveField <= context;

    private static Layer Backbone(Architecture architecture, int context) => architecture.Within(context).Build(context);
}
