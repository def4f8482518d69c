using System.Globalization;
using System.Text;
using MLNet.Sequence.Samples.Csv;
using MLNet.Sequence.Samples.Studio.Answers;
using MLNet.Sequence.Samples.Studio.Runs;

namespace MLNet.Sequence.Samples.Studio.Projects;

/// <summary>A file that the user takes with them.</summary>
/// <param name="Content">Its bytes.</param>
/// <param name="Type">Its type.</param>
/// <param name="Name">Its usual name.</param>
internal sealed record TakenFile(byte[] Content, string Type, string Name)
{
    private const string Binary = "application/octet-stream", Zip = "application/zip";

    /// <param name="run">The run.</param>
    /// <param name="model">The name of the model.</param>
    /// <param name="what">"model", "mlnet", "onnx", "project", "notebook", and "forecasts" or "predictions".</param>
    public static TakenFile Of(StudioRun run, string model, string what)
    {
        RunFiles files = run.Files;
        if (run.Info.Status != RunStatus.Done || !File.Exists(files.Model(model)))
            throw new UserError($"The run has no model '{model}'.");
        bool isForecast = run.Info.Question.Kind == QuestionKind.Forecast.Name;
        return what switch
        {
            "model" => new TakenFile(File.ReadAllBytes(files.Model(model)), Binary, $"{model}.sequence"),
            "mlnet" => new TakenFile(File.ReadAllBytes(files.Pipeline(model)), Zip, $"{model}.zip"),
            "onnx" => new TakenFile(Onnx(files.Model(model)), Binary, $"{model}.onnx"),
            "project" => Project(new GeneratedProject(run, model)),
            "notebook" => Notebook(new GeneratedProject(run, model)),
            "forecasts" when isForecast => new TakenFile(Forecasts(StudioJson.Read<ModelForecasts>(files.Shown(model))), "text/csv", "forecasts.csv"),
            "predictions" when !isForecast => new TakenFile(Predictions.Of(run, model), "text/csv", "predictions.csv"),
            _ => throw new UserError($"There is nothing named '{what}' to take."),
        };
    }

    private static TakenFile Project(GeneratedProject project) => new(project.Zip(), Zip, $"{project.Name}.zip");

    private static TakenFile Notebook(GeneratedProject project) => new(project.Notebook(), "application/x-ipynb+json", project.NotebookName);

    private static byte[] Onnx(string path)
    {
        using var stream = new MemoryStream();
        try
        {
            SequenceModel.Load(path).SaveOnnx(stream, new OnnxOptions());
        }
        catch (NotSupportedException reason)
        {
            throw new UserError($"This model has no ONNX form: {reason.Message}", reason);
        }

        return stream.ToArray();
    }

    // The forecasts after the last row, with their bands.
    private static byte[] Forecasts(ModelForecasts shown)
    {
        var text = new StringBuilder();
        string[] names = [.. shown.Targets.SelectMany(target => new[] { target, $"{target} 80 % from", $"{target} 80 % to" })];
        text.Append(CsvText.Line(["series", "time", .. names])).Append('\n');
        foreach (ShownForecast ahead in shown.Ahead)
        {
            ShownSeries series = shown.Series[ahead.Series];
            for (int step = 0; step < shown.Horizon; step++)
            {
                string time = ahead.Times?[step] ?? series.Times[ahead.Row + 1 + step];
                IEnumerable<string> values = Enumerable.Range(0, shown.Targets.Count)
                    .SelectMany(target => new[] { ahead.Forecast[target][step], ahead.Low[target][step], ahead.High[target][step] })
                    .Select(value => value.ToString("R", CultureInfo.InvariantCulture));
                text.Append(CsvText.Line([series.Key ?? "", time, .. values])).Append('\n');
            }
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
