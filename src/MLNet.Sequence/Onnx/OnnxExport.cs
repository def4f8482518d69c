using MLNet.Sequence.Data;
using MLNet.Sequence.Onnx;

namespace MLNet.Sequence;

/// <summary>
/// Writes models in the format ONNX (operator set 17), for ONNX Runtime and all else that runs it. Scaling and decoding are in
/// the model: it takes the data in its own units and gives what the columns of ML.NET hold where these are not NaN, as a forecaster's are
/// before a series has a whole context. Names, shapes and meanings of inputs and outputs, the architecture and the task stand in the
/// file's metadata. Inputs and outputs are float32: a model of data at a level where float32 does not hold its differences (around 1.7e9
/// its numbers lie 128 apart) is not worth exporting. Subtract a constant from the data before training and before the graph, and add it
/// to what comes out.
/// </summary>
public static class OnnxExport
{
    /// <summary>Writes the model for whole sequences to a file: first under a temporary name beside it, then renamed.</summary>
    /// <param name="model">The fitted model, of any architecture and task.</param>
    /// <param name="path">Where. Weights of more than 2 GB stand in a second file beside it, of the same name with <c>.data</c> after it.</param>
    /// <exception cref="ArgumentException">A column has the name of an input, or a forecaster that carries its state has single steps alone.</exception>
    /// <exception cref="IOException">The file cannot be written; nothing is left half-written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written; nothing is left half-written.</exception>
    public static void SaveOnnx(this SequenceModel model, string path) => SaveOnnx(model, path, new OnnxOptions());

    /// <summary>Writes the model to a file: first under a temporary name beside it, then renamed.</summary>
    /// <param name="model">The fitted model, of any architecture and task.</param>
    /// <param name="path">Where. Weights of more than 2 GB stand in a second file beside it, of the same name with <c>.data</c> after it.</param>
    /// <param name="mode">Whole sequences, or one step.</param>
    /// <exception cref="ArgumentException">A column has the name of an input, or the mode does not fit the model; lists all problems.</exception>
    /// <exception cref="NotSupportedException">The model cannot be fed step by step.</exception>
    /// <exception cref="IOException">The file cannot be written; nothing is left half-written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written; nothing is left half-written.</exception>
    public static void SaveOnnx(this SequenceModel model, string path, OnnxMode mode) =>
        SaveOnnx(model, path, new OnnxOptions { Mode = mode });

    /// <summary>Writes the model to a file: first under a temporary name beside it, then renamed.</summary>
    /// <param name="model">The fitted model, of any architecture and task.</param>
    /// <param name="path">Where. Weights of more than 2 GB stand in a second file beside it, of the same name with <c>.data</c> after it.</param>
    /// <param name="options">One step or whole sequences, scaling and lengths.</param>
    /// <exception cref="ArgumentException">An option does not fit the model; lists all that do not.</exception>
    /// <exception cref="NotSupportedException">The model cannot be fed step by step.</exception>
    /// <exception cref="IOException">The file cannot be written; nothing is left half-written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written; nothing is left half-written.</exception>
    public static void SaveOnnx(this SequenceModel model, string path, OnnxOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Make(model, options).Write(path, options.LargestInside);
    }

    /// <summary>Writes the model to a stream, in the form of a file of ONNX.</summary>
    /// <param name="model">The fitted model, of any architecture and task.</param>
    /// <param name="stream">Where to; it stays open.</param>
    /// <param name="options">One step or whole sequences, scaling and lengths.</param>
    /// <exception cref="ArgumentException">An option does not fit the model; lists all that do not.</exception>
    /// <exception cref="NotSupportedException">The model cannot be fed step by step, or its weights need a second file.</exception>
    public static void SaveOnnx(this SequenceModel model, Stream stream, OnnxOptions options)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Make(model, options).Write(stream, options.LargestInside);
    }

    private static OnnxFile Make(SequenceModel model, OnnxOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        string[] problems = [.. Problems(model, options)];
        if (problems.Length > 0)
            throw new ArgumentException("The options of the ONNX model are wrong. " + string.Join(" ", problems), nameof(options));
        OnnxGraph graph = OnnxProgram.Build(model, options);
        return new OnnxFile(graph, OnnxMetadata.Of(model, options, graph));
    }

    private static bool IsTaken(string column, OnnxMode mode) => mode == OnnxMode.Step
        ? column == "Step" || column.StartsWith("state_", StringComparison.Ordinal) || column.StartsWith("next_", StringComparison.Ordinal)
        : column is "Sequence" or "Lengths";

    private static IEnumerable<string> Problems(SequenceModel model, OnnxOptions options)
    {
        if (!Enum.IsDefined(options.Mode))
            yield return $"Mode must be Sequence or Step; found {options.Mode}.";
        if (options.Lengths && options.Mode == OnnxMode.Step)
            yield return "Lengths is of whole sequences; with Mode = Step there are none.";
        if (options.Lengths && model.Task.Series is { } forecasting)
            yield return $"Lengths does not go with a forecaster, which reads the last {forecasting.Context} steps of every row.";
        if (options.Mode == OnnxMode.Sequence && model.Task.Series is { CarriesState: true })
            yield return "Mode must be Step for a forecaster that carries its state (CarriesState), whose forecasts follow from all steps of a series; "
                + "found Sequence.";
        if (model.Task.Series is { CarriesState: true } && !model.Scaling.Knows(options.Series))
            yield return $"Series must name the series for a forecaster that carries its state (CarriesState), one of those in training, by which its "
                + $"steps are scaled; found {(options.Series is null ? "none" : $"'{options.Series}'")}.";
        foreach (string column in model.Task.Outputs.Select(output => output.Name).Where(column => IsTaken(column, options.Mode)))
            yield return $"The model has a column '{column}', but its form in ONNX an input of that name: train it with another name for the column.";
        if (options.Series is { } series && !model.Scaling.BySeries.ContainsKey(series))
        {
            yield return model.Scaling.BySeries.Count == 0
                ? $"Series is '{series}', but the model has one scaling for all series."
                : $"Series must be one of {string.Join(", ", model.Scaling.BySeries.Keys.Order(StringComparer.Ordinal).Take(20).Select(key => $"'{key}'"))}"
                    + $"{(model.Scaling.BySeries.Count > 20 ? ", …" : "")}; found '{series}'.";
        }
    }
}
