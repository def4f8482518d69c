using System.Globalization;
using MLNet.Sequence.Samples.Csv;
using MLNet.Sequence.Samples.Studio.Runs;

namespace MLNet.Sequence.Samples.Studio.Projects;

/// <summary>The values of the templates of a project that forecasts and trains anew.</summary>
/// <param name="question">What was asked.</param>
/// <param name="model">The model.</param>
/// <param name="history">The file of the rows.</param>
internal sealed class ForecastCode(Question question, SequenceModel model, string history)
{
    public void AddTo(Dictionary<string, string> values)
    {
        Forecasting task = model.Task.Series!;
        string[] columns = [.. task.Columns.Select(column => column.Name)];
        IReadOnlyList<string> properties = CodeText.Identifiers(columns, ["Series", "Time", "Values", "Of"]);
        int before = question.Series is null ? 1 : 2;
        values["NotebookText"] = FormattableString.Invariant($"It forecasts {task.Horizon} steps from the last {task.Context}.");
        values["SeriesProperty"] = "Series";
        values["TimeProperty"] = "Time";
        values["TimeText"] = string.IsNullOrEmpty(question.Time) && task.TimeColumnName is null
            ? "its number" : "a date such as 2020-01-31T13:00:00, a number, or text";
        values["Properties"] = string.Concat(columns.Zip(properties, (column, property) =>
            $"\n    /// <summary>The column {CodeText.Comment(column)}.</summary>\n    public double {property} {{ get; set; }}\n"));
        values["PropertyList"] = string.Join(", ", properties);
        values["Context"] = Number(task.Context);
        values["Horizon"] = Number(task.Horizon);
        values["Known"] = Number(task.KnownSize);
        values["KnownText"] = task.KnownSize == 0 ? ""
            : "\n    /// The last <see cref=\"Horizon\"/> rows are those ahead: of them only the known columns are read.";
        values["Targets"] = CodeText.Literals(task.TargetChannels);
        values["TargetText"] = CodeText.Comment(string.Join(", ", task.TargetChannels));
        values["HeaderText"] = CodeText.Comment($"{(before == 2 ? "series, " : "")}time, {string.Join(", ", columns)}");
        values["EmptyCell"] = CodeText.EmptyCell(model, "cells[cell]", "double");
        values["NumberFunction"] = Template.Fill("NumberFunction", values);
        values["CellCount"] = Number(before + columns.Length);
        values["Assignments"] = string.Join(", ", [.. before == 2 ? ["Series = cells[0]"] : Array.Empty<string>(), $"Time = cells[{before - 1}]",
            .. properties.Select((property, i) => $"{property} = Number({before + i})")]);
        AddTraining(values, task, [.. columns.Zip(properties)]);
    }

    private void AddTraining(Dictionary<string, string> values, Forecasting task, (string Column, string Property)[] columns)
    {
        string time = TimeType(), seriesColumn = Free("Series", columns), timeColumn = Free("Time", columns);
        string[] options =
        [
            .. task.Inputs.Count == 0 ? Array.Empty<string>() : [$"Inputs = [{CodeText.Literals(task.Inputs.Select(column => column.Name))}],"],
            .. task.KnownInputs.Count == 0 ? Array.Empty<string>() : [$"KnownInputs = [{CodeText.Literals(task.KnownInputs.Select(column => column.Name))}],"],
            .. task.SeriesColumnName is null ? Array.Empty<string>() : [$"SeriesColumnName = {CodeText.Literal(seriesColumn)},"],
            .. task.TimeColumnName is null ? Array.Empty<string>() : [$"TimeColumnName = {CodeText.Literal(timeColumn)},"],
            .. task.Frequency == Frequency.Irregular ? ["Frequency = Frequency.Irregular,"] : Array.Empty<string>(),
        ];
        TrainingBudget budget = TrainingBudget.Of(Effort.Careful, File.ReadLines(history).Count(), maySkip: true);
        // The plan, the last rows of each series, has no targets to learn from.
        values["TrainingRows"] = "HistoryFile.Read(path)" + (task.KnownSize == 0 ? ""
            : $".GroupBy(row => row.Series).SelectMany(series => series.SkipLast({Number(task.Horizon)}))");
        values["Options"] = string.Concat(options.Select(option => "\n    " + option));
        values["Normalization"] = task.Normalization.ToString();
        values["Epochs"] = Number(budget.Epochs);
        values["BatchSize"] = Number(budget.BatchSize);
        values["Patience"] = Number(budget.Patience);
        values["LearningRate"] = budget.LearningRate.ToString("R", CultureInfo.InvariantCulture);
        values["Seed"] = Number(question.Seed);
        values["Season"] = Number(question.Season);
        values["Architecture"] = Architecture.Names.Contains(model.Architecture.Name) && Architecture.FromName(model.Architecture.Name) is var usual
            && usual.Equals(model.Architecture) ? $"new {usual.GetType().Name}()"
            : "MLNet.Sequence.SequenceModel.Load(\"../Forecast/model.sequence\").Architecture";
        values["TrainingProperties"] = $"    [ColumnName({CodeText.Literal(seriesColumn)})]\n    public string Series {{ get; set; }} = \"\";\n"
            + $"\n    [ColumnName({CodeText.Literal(timeColumn)})]\n    public {time} Time {{ get; set; }}"
            + $"{(time == "string" ? " = \"\";" : "")}\n" + string.Concat(columns.Select(one =>
                $"\n    [ColumnName({CodeText.Literal(one.Column)})]\n    public double {one.Property} {{ get; set; }}\n"));
        string read = time == "string" ? "row.Time" : $"{time}.Parse(row.Time, CultureInfo.InvariantCulture)";
        values["TrainingAssignments"] = string.Join(", ",
            ["Series = row.Series", $"Time = {read}", .. columns.Select(one => $"{one.Property} = row.{one.Property}")]);
    }

    // A channel may have the name of the column of series or time.
    private static string Free(string name, (string Column, string Property)[] columns) => Enumerable.Range(1, int.MaxValue)
        .Select(number => number == 1 ? name : FormattableString.Invariant($"{name}{number}"))
        .First(free => columns.All(one => one.Column != free));

    // As the first row has it.
    private string TimeType()
    {
        string[] cells = CsvText.Read(history).Skip(1).First();
        string time = cells[question.Series is null || cells.Length < 2 ? 0 : 1];
        return DateTime.TryParseExact(time, HistoryFile.TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out _) ? "DateTime"
            : double.TryParse(time, CultureInfo.InvariantCulture, out _) ? "double" : "string";
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
