using System.Globalization;
using MLNet.Sequence.Samples.Studio.Runs;

namespace MLNet.Sequence.Samples.Studio.Projects;

/// <summary>The values of the templates of a project whose rows are the steps of sequences: tags and next steps.</summary>
/// <param name="question">What was asked.</param>
/// <param name="model">The model.</param>
internal sealed class StepsCode(Question question, SequenceModel model)
{
    private readonly bool _tags = question.Kind == QuestionKind.Tag.Name, _tokens = model.Task.RowInput!.Tokens is not null;

    public void AddTo(Dictionary<string, string> values)
    {
        IReadOnlyList<string> columns = question.Steps, properties = CodeText.Identifiers(columns, ["Sequence", "Tag", "Values"]);
        int before = _tags ? 2 : 1;
        string tag = _tags ? "\n    /// <summary>Its actual tag, known in tests only.</summary>\n    public string Tag { get; set; } = \"\";\n" : "";
        values["Properties"] = tag + string.Concat(columns.Zip(properties, (column, property) =>
            $"\n    /// <summary>The column {CodeText.Comment(column)}.</summary>\n    public {(_tokens ? "string" : "double")} {property} {{ get; set; }}"
                + $"{(_tokens ? " = \"\";" : "")}\n"));
        values["StepProperty"] = properties[0];
        values["ValueList"] = _tokens ? $"SequenceModel.Index({properties[0]})" : string.Join(", ", properties);
        values["IndexMethod"] = _tokens ? Template.Fill("IndexMethod", values) : "";
        values["EmptyCell"] = CodeText.EmptyCell(model, "cells[cell]", "double");
        values["NumberFunction"] = _tokens ? "" : Template.Fill("NumberFunction", values);
        values["HeaderText"] = CodeText.Comment($"the sequence, {(_tags ? "its tag, " : "")}{string.Join(", ", columns)}");
        values["CellCount"] = (before + columns.Count).ToString(CultureInfo.InvariantCulture);
        values["Assignments"] = string.Join(", ", ["Sequence = cells[0]", .. _tags ? ["Tag = cells[1]"] : Array.Empty<string>(),
            .. properties.Select((property, i) => string.Create(CultureInfo.InvariantCulture,
                $"{property} = {(_tokens ? "cells[" : "Number(")}{before + i}{(_tokens ? ']' : ')')}"))]);
        values["Targets"] = CodeText.Literals(_tags ? model.Task.Prediction.Names?.Values ?? [] : columns);
        values["TargetText"] = CodeText.Comment(string.Join(", ", columns));
        values["NotebookText"] = _tags ? "It tags each row of a sequence." : "It predicts the next row of a sequence.";
        values["NotebookValue"] = _tokens
            ? "cell => (double)model.Task.RowInput.Tokens.IndexOf(cell)"
            : "cell => double.Parse(cell, CultureInfo.InvariantCulture)";
        values["NotebookAnswer"] = _tokens
            ? "new { predicted = model.Task.RowInput.Tokens.ValueOf(Array.IndexOf(said, said.Max())), probability = said.Max() }"
            : "said";
    }
}
